"""One answer cell was deleted, and its answer written into a new cell."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": ["fit_mog was found in another cell"]}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    cell = find(notebook, "fit_mog")
    notebook.cells[notebook.cells.index(cell)] = nbformat.v4.new_code_cell(cell.source)
    nbformat.write(notebook, path)
