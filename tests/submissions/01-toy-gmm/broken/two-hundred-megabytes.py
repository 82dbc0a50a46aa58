"""Outputs of 200 MB: a film in every cell."""

import nbformat

EXPECT = {
    "status": "quarantined",
    "score": None,
    "says": ["larger than 100 MiB", "outputs cleared"],
}


def build(notebook, path):
    nbformat.write(notebook, path)
    with open(path, "r+b") as file:
        file.truncate(200 * 10**6)  # a file with a hole: no disk need hold it
