"""A file without a byte in it."""

EXPECT = {"status": "quarantined", "score": None, "says": ["is empty"]}


def build(notebook, path):
    path.write_bytes(b"")
