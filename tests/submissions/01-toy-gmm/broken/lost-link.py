"""A link to a file that is not there any more."""

EXPECT = {"status": "quarantined", "score": None, "says": ["is a link"]}


def build(notebook, path):
    path.symlink_to(path.with_name("gone.ipynb"))
