"""One answer cell is gone, and no other cell defines the function."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 7.0, "says": ["answer cell of sample_data is missing"]}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    notebook.cells.remove(find(notebook, "sample_data"))
    nbformat.write(notebook, path)
