"""Cells of the student's own carry the check cells' names, types and points, in front of the real ones."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 0.0, "says": ["sample_data-checks was changed"]}
TASKS = ("sample_data", "fit_mog", "n_parameters", "mog_bic", "select_n_clusters")


def build(notebook, path):
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in TASKS:
            cell.source = f"def {name}(*args, **kwargs):\n    return 1.0"
    copies = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if str(marks.get("grade_id")).endswith("-checks"):
            own = nbformat.v4.new_code_cell("4.0", metadata={"nbgrader": dict(marks, points=4.0)})
            copies.append(own)
    notebook.cells = [*copies, *notebook.cells]
    nbformat.write(notebook, path)
