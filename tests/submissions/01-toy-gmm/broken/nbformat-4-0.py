"""Saved in the first version of format 4: cells have no ids."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    for cell in notebook.cells:
        cell.pop("id", None)
    notebook.nbformat_minor = 0
    nbformat.write(notebook, path, version=nbformat.NO_CONVERT)
