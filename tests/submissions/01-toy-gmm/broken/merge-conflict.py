"""A merge conflict in git was not resolved."""

import nbformat

EXPECT = {"status": "quarantined", "score": None, "says": ["merge conflict"]}


def build(notebook, path):
    text = nbformat.writes(notebook)
    half = text.index('"cells"')
    theirs = f"<<<<<<< HEAD\n{text[half:]}\n=======\n{text[half:]}\n>>>>>>> main\n"
    path.write_text(text[:half] + theirs, encoding="utf-8")
