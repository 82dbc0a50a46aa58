"""A synchronised folder has kept the size of the file, but zeros for its content."""

EXPECT = {"status": "quarantined", "score": None, "says": ["nothing but zero bytes"]}


def build(notebook, path):
    path.write_bytes(bytes(30_000))
