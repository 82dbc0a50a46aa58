"""All check cells say `pass`: without an output, nbgrader gives full points."""

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 0.0,
    "says": ["sample_data-checks was changed", "mog_bic-checks was changed"],
}
TASKS = ("sample_data", "fit_mog", "n_parameters", "mog_bic", "select_n_clusters")


def build(notebook, path):
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in TASKS:
            cell.source = f"def {name}(*args, **kwargs):\n    return 1.0"
        if name and name.endswith("-checks"):
            cell.source = "pass"
    nbformat.write(notebook, path)
