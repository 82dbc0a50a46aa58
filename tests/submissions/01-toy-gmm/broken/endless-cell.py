"""An added cell never ends."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": ["and was stopped; it was left out"]}


def build(notebook, path):
    notebook.cells.insert(4, nbformat.v4.new_code_cell("while True:\n    pass"))
    nbformat.write(notebook, path)
