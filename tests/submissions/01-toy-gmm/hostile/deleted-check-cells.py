"""All check cells are deleted, and the answers are wrong."""

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 0.0,
    "says": ["sample_data-checks was deleted", "select_n_clusters-checks was deleted"],
}
TASKS = ("sample_data", "fit_mog", "n_parameters", "mog_bic", "select_n_clusters")


def build(notebook, path):
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in TASKS:
            cell.source = f"def {name}(*args, **kwargs):\n    return 1.0"
    notebook.cells = [
        c
        for c in notebook.cells
        if not str(c.metadata.get("nbgrader", {}).get("grade_id")).endswith("-checks")
    ]
    nbformat.write(notebook, path)
