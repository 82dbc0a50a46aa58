"""A Windows editor has saved the file as UTF-16."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    text = nbformat.writes(notebook)
    path.write_text(text, encoding="utf-16")
