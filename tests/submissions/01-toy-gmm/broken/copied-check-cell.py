"""A check cell was copied to run it in another place."""

import json

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 8.0,
    "says": ["fit_mog-checks was copied; it counts once"],
}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    notebook.cells.append(nbformat.from_dict(find(notebook, "fit_mog-checks")))
    path.write_text(json.dumps(notebook), encoding="utf-8")  # the cell ids are copied too
