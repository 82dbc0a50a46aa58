"""Tags keep the check cells from being executed: without an output, nbgrader gives full points."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 0.0, "says": []}
TASKS = ("sample_data", "fit_mog", "n_parameters", "mog_bic", "select_n_clusters")


def build(notebook, path):
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in TASKS:
            cell.source = f"def {name}(*args, **kwargs):\n    return 1.0"
        if name and name.endswith("-checks"):
            cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove_cell"]
    nbformat.write(notebook, path)
