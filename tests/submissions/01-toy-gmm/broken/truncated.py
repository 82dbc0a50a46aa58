"""The file ends in the middle: the disk was full, or a download was interrupted."""

import nbformat

EXPECT = {"status": "quarantined", "score": None, "says": ["is not valid JSON", "cut off"]}


def build(notebook, path):
    text = nbformat.writes(notebook)
    path.write_text(text[: len(text) // 2], encoding="utf-8")
