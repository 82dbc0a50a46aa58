"""An answer by a name that looks the same, with a Cyrillic letter, beside a wrong one."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 7.0, "says": []}


def build(notebook, path):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "sample_data":
            cell.source = cell.source.replace("def sample_data", "def s\u0430mple_data")
            cell.source += "\n\n\ndef sample_data(*args, **kwargs):\n    return 1.0"
    nbformat.write(notebook, path)
