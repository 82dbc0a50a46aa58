"""A zip archive with the notebook's name."""

import io
import zipfile

import nbformat

EXPECT = {"status": "quarantined", "score": None, "says": ["is a zip archive"]}


def build(notebook, path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("01-toy-gmm.ipynb", nbformat.writes(notebook))
    path.write_bytes(archive.getvalue())
