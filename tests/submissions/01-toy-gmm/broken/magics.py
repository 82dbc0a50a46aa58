"""Magic commands and shell commands, in added cells and on top of an answer."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def find(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def build(notebook, path):
    cell = find(notebook, "n_parameters")
    cell.source = "%%time\n" + cell.source
    texts = (
        "%timeit -n 1 -r 1 sum(range(10))",
        "!ls",
        "%matplotlib inline",
        "%load_ext autoreload",
        "np.zeros?",
    )
    notebook.cells[4:4] = [nbformat.v4.new_code_cell(text) for text in texts]
    nbformat.write(notebook, path)
