"""The easiest task's check cell goes by the name of the largest, and the other way round."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 0.5, "says": ["fit_mog-checks was changed"]}
TASKS = ("sample_data", "fit_mog", "n_parameters", "mog_bic", "select_n_clusters")


def build(notebook, path):
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        name = marks.get("grade_id")
        if name in TASKS and name != "n_parameters":
            cell.source = f"def {name}(*args, **kwargs):\n    return 1.0"
        swap = {"fit_mog-checks": "n_parameters-checks", "n_parameters-checks": "fit_mog-checks"}
        if name in swap:
            marks["grade_id"] = swap[name]
    nbformat.write(notebook, path)
