"""A folder where the notebook should be."""

EXPECT = {"status": "quarantined", "score": None, "says": ["There is no file"]}


def build(notebook, path):
    path.mkdir()
