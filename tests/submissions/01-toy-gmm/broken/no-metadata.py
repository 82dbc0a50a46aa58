"""Another program has dropped nbgrader's metadata from all answer and check cells."""

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 8.0,
    "says": ["found in another cell", "was deleted; it has been put back"],
}


def build(notebook, path):
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get(
            "grade_id", ""
        ).endswith("-fig"):
            cell.metadata = {}
    nbformat.write(notebook, path)
