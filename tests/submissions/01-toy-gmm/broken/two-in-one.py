"""Two notebooks, one behind the other in the same file."""

import nbformat

EXPECT = {"status": "quarantined", "score": None, "says": ["is not valid JSON"]}


def build(notebook, path):
    text = nbformat.writes(notebook)
    path.write_text(text + text, encoding="utf-8")
