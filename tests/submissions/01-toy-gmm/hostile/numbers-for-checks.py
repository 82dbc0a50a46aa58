"""The check cells end with a number, and their stored outputs already show it."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 0.0, "says": ["fit_mog-checks was changed"]}
TASKS = ("sample_data", "fit_mog", "n_parameters", "mog_bic", "select_n_clusters")


def build(notebook, path):
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in TASKS:
            cell.source = f"def {name}(*args, **kwargs):\n    return 1.0"
        if name and name.endswith("-checks"):
            cell.source += "\n\n4.0"
            data = {"text/plain": "4.0"}
            cell.outputs = [nbformat.v4.new_output("execute_result", data=data, execution_count=1)]
    nbformat.write(notebook, path)
