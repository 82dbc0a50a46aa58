"""Edited by hand: a comma too many."""

import nbformat

EXPECT = {"status": "quarantined", "score": None, "says": ["is not valid JSON (line"]}


def build(notebook, path):
    text = nbformat.writes(notebook).rstrip()
    path.write_text(text[:-1].rstrip() + ",\n}\n", encoding="utf-8")
