"""The student has changed given cells: another import, other parameters to play with."""

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 8.0,
    "says": ["given cell setup-given was changed", "given cell toy-given was changed"],
}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    find(notebook, "setup-given").source += "\nimport itertools"
    cell = find(notebook, "toy-given")
    cell.source = cell.source.replace("1000, m_true", "500, m_true")
    nbformat.write(notebook, path)
