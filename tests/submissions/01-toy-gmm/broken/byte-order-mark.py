"""A Windows editor has put a byte-order mark in front."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    text = nbformat.writes(notebook)
    path.write_text(text, encoding="utf-8-sig")
