"""An added cell imports all of numpy and uses `sum` as a name; the last cell deletes `np`."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    texts = "from numpy import *\nsum = 3\nlist = 'a'"
    notebook.cells.insert(4, nbformat.v4.new_code_cell(texts))
    notebook.cells.append(nbformat.v4.new_code_cell("del np, plt\n%reset -f"))
    nbformat.write(notebook, path)
