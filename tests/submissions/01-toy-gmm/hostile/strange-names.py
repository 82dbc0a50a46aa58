"""Cells go by names of other cells, of folders, of a million letters; ids and tags are commands."""

import json

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    for number, name in enumerate(
        ("../../gradebook", "sample_data-checks", "x" * 10**6, "", "\x1b[2J", "<b>", "fit_mog\n")
    ):
        marks = {
            "grade_id": name,
            "grade": True,
            "points": 1e308,
            "solution": True,
            "locked": False,
            "task": True,
        }
        cell = nbformat.v4.new_code_cell(f"odd = {number}", metadata={"nbgrader": marks})
        cell.id = "$(id)"
        notebook.cells.append(cell)
    notebook.metadata["nbgrader"] = notebook.metadata["papermill"] = {
        "grade_id": "all",
        "points": 100,
    }
    notebook.metadata["course_problems"] = ["<script>", 5]
    path.write_text(json.dumps(notebook), encoding="utf-8")
