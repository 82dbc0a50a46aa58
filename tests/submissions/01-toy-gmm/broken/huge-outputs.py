"""Megabytes of stored outputs, and a cell that prints and draws more of them."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    for cell in notebook.cells[:10]:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="long line " * 100_000)]
    busy = "for i in range(20_000): print(i, 'x' * 100)\nfor i in range(600): display(i)"
    notebook.cells.append(nbformat.v4.new_code_cell(busy))
    nbformat.write(notebook, path)
