"""The cells are an object where they should be a list."""

EXPECT = {"status": "quarantined", "score": None, "says": ["list of cells"]}


def build(notebook, path):
    path.write_text('{"cells": {"0": {}}, "metadata": {}, "nbformat": 4}', encoding="utf-8")
