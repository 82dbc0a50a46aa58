"""Twenty cells of almost a million characters each."""

import nbformat

EXPECT = {
    "status": "quarantined",
    "score": None,
    "says": ["more text than anybody could have written"],
}


def build(notebook, path):
    notebook.cells += [nbformat.v4.new_code_cell("#" + "x" * 900_000) for _ in range(20)]
    nbformat.write(notebook, path)
