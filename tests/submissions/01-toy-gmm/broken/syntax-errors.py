"""Added cells that are no Python: notes, half a line, mixed tabs, a diff."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    texts = (
        "TODO ask about this",
        "for i in",
        "if 1:\n\tx = 1\n        y = 2",
        "+ a\n- b",
        "def f(:",
        "😀 = 1",
        "(" * 300,
    )
    notebook.cells[4:4] = [nbformat.v4.new_code_cell(text) for text in texts]
    nbformat.write(notebook, path)
