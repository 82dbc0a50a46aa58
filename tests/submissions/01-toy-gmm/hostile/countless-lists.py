"""Small on the disk, but millions of empty lists: read, they need a hundred times as much room."""

EXPECT = {"status": "quarantined", "score": None, "says": ["separate items", "outputs cleared"]}


def build(notebook, path):
    path.write_text('{"cells": [' + "[]," * 4_000_000 + "[]]}", encoding="utf-8")
