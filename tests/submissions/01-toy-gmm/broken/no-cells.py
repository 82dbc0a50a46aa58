"""All cells were deleted."""

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 0.0,
    "says": ["answer cell of sample_data is missing", "check cell fit_mog-checks was deleted"],
}


def build(notebook, path):
    notebook.cells = []
    nbformat.write(notebook, path)
