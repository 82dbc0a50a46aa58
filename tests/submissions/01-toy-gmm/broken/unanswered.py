"""No code cell is answered; what it raises says so."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 0.0, "says": []}


def build(notebook, path):
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution") and cell.cell_type == "code":
            cell.source = f'raise NotImplementedError("{marks.grade_id}")'
    nbformat.write(notebook, path)
