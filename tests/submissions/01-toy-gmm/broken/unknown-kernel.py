"""The notebook asks for a kernel that nobody has, in another language."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    notebook.metadata["kernelspec"] = {
        "name": "julia-1.9",
        "display_name": "Julia",
        "language": "julia",
    }
    notebook.metadata["language_info"] = {"name": "julia"}
    nbformat.write(notebook, path)
