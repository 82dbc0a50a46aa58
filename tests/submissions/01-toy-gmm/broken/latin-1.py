"""An old editor has saved the file in Latin-1."""

import nbformat

EXPECT = {"status": "quarantined", "score": None, "says": ["UTF-8"]}


def build(notebook, path):
    text = nbformat.writes(notebook)
    path.write_bytes(text.encode("latin-1", "replace"))
