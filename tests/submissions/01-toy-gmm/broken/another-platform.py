"""Uploaded to another platform and back: its own metadata and cells that set it up."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    for number, cell in enumerate(notebook.cells):
        cell.metadata.update(id=f"Xy{number}", colab={"base_uri": "x"}, outputId=f"{number}-0")
        cell.pop("id", None)
    notebook.metadata["colab"] = {"provenance": [], "toc_visible": True}
    texts = (
        "!pip install numpy",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "%cd /content",
    )
    notebook.cells[0:0] = [nbformat.v4.new_code_cell(text) for text in texts]
    notebook.nbformat_minor = 0
    nbformat.write(notebook, path, version=nbformat.NO_CONVERT)
