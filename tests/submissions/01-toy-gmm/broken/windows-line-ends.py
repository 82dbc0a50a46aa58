"""Line ends of Windows, in the file and in the cells."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    path.write_text(nbformat.writes(notebook), encoding="utf-8", newline="\r\n")
