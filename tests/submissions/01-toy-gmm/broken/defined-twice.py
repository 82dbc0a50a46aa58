"""A first try is left above the answer, in the same cell and in an added one."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    cell = find(notebook, "n_parameters")
    first = "def n_parameters(n_clusters, n_dims):\n    return 0"
    cell.source = f"{first}\n\n\n{cell.source}"
    notebook.cells.insert(notebook.cells.index(cell), nbformat.v4.new_code_cell(first))
    nbformat.write(notebook, path)
