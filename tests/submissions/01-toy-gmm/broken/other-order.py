"""The cells were sorted backwards."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    notebook.cells.reverse()
    nbformat.write(notebook, path)
