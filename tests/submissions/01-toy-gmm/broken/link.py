"""A link to the notebook of somebody else."""

import nbformat

EXPECT = {"status": "quarantined", "score": None, "says": ["is a link"]}


def build(notebook, path):
    target = path.with_name("theirs.ipynb")
    nbformat.write(notebook, target)
    path.symlink_to(target)
