"""An answer uses functions from added cells, one before it and one after it."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    cell = find(notebook, "n_parameters")
    cell.source = (
        "def n_parameters(n_clusters, n_dims):\n"
        "    return n_clusters - 1 + n_clusters * (n_dims + triangle(n_dims))"
    )
    at = notebook.cells.index(cell)
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell("def half(n):\n    return n // 2"))
    notebook.cells.insert(
        at, nbformat.v4.new_code_cell("def triangle(d):\n    return half(d * (d + 1))")
    )
    nbformat.write(notebook, path)
