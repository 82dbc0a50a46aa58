"""An answer cell was copied: two cells have the same name, and the last one counts."""

import json

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 8.0,
    "says": ["There are 2 answers to mog_bic; the last one counts"],
}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    cell = find(notebook, "mog_bic")
    first = nbformat.from_dict(cell)
    first.source = "def mog_bic(x, m, S, p):\n    return 0.0, 0.0"
    notebook.cells.insert(notebook.cells.index(cell), first)
    path.write_text(json.dumps(notebook), encoding="utf-8")  # the cell ids are copied too
