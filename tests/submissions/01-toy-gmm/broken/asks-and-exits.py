"""Cells that ask for input, and that leave Python in every way there is."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": ["ended the Python process"]}


def build(notebook, path):
    texts = ("name = input()", "exit()", "quit()", "import sys; sys.exit(1)", "raise SystemExit")
    notebook.cells[4:4] = [nbformat.v4.new_code_cell(text) for text in texts]
    nbformat.write(notebook, path)
