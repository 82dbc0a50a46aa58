"""An answer was cut out of its cell and pasted into a new one, below the check cell."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": ["sample_data was found in another cell"]}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    cell = find(notebook, "sample_data")
    below = notebook.cells.index(find(notebook, "sample_data-checks")) + 1
    notebook.cells.insert(below, nbformat.v4.new_code_cell(cell.source))
    cell.source = ""
    nbformat.write(notebook, path)
