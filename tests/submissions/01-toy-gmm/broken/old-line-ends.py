"""Line ends of old Macintoshes in the file, and of Windows and Unix mixed in the cells."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        cell.source = "".join(line + ("\r\n" if i % 2 else "\n") for i, line in enumerate(lines))
    path.write_bytes(nbformat.writes(notebook).replace("\n", "\r").encode())
