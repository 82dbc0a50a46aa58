"""Added cells choose a drawing window that no server has, and leave figures open."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    texts = (
        "import matplotlib\nmatplotlib.use('TkAgg')",
        "%matplotlib qt",
        "plt.ion()",
        "for _ in range(30): plt.figure()",
        "%matplotlib inline",
    )
    notebook.cells[4:4] = [nbformat.v4.new_code_cell(text) for text in texts]
    nbformat.write(notebook, path)
