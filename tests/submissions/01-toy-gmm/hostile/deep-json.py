"""Brackets without end where the cells should be."""

EXPECT = {"status": "quarantined", "score": None, "says": ["is not valid JSON"]}


def build(notebook, path):
    path.write_text('{"cells": ' + "[" * 1_000_000, encoding="utf-8")
