"""A merge has left its marks within a cell; the file is a notebook all the same."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 7.0, "says": []}


def build(notebook, path):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "sample_data":
            cell.source = f"<<<<<<< local\n{cell.source}\n=======\n{cell.source}\n>>>>>>> remote"
    nbformat.write(notebook, path)
