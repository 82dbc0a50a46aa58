"""Saved in the notebook format of 2014."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    nbformat.write(notebook, path, version=3)
