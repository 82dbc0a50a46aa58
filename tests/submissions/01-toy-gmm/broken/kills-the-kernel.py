"""Added cells end the process, one at once and one through a crash."""

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 8.0,
    "says": ["ended the Python process; it was left out"],
}


def build(notebook, path):
    texts = ("import os\nos._exit(1)", "import ctypes\nctypes.string_at(0)")
    notebook.cells[4:4] = [nbformat.v4.new_code_cell(text) for text in texts]
    nbformat.write(notebook, path)
