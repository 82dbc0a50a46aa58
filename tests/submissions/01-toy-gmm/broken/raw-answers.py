"""Answer cells have become raw cells, through a slip on the keyboard."""

import nbformat

EXPECT = {
    "status": "needs-manual",
    "score": 8.0,
    "says": ["sample_data had become a raw cell", "mog_bic had become a raw cell"],
}


def build(notebook, path):
    for at, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") in ("sample_data", "mog_bic"):
            notebook.cells[at] = nbformat.v4.new_raw_cell(cell.source, metadata=cell.metadata)
    nbformat.write(notebook, path)
