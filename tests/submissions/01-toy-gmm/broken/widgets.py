"""Sliders and progress bars: a package that is not here, and its state in the metadata."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    texts = (
        "from ipywidgets import interact\n\n\n@interact(n=(1, 5))\ndef show(n):\n    print(n)",
        "from tqdm.notebook import tqdm\nfor _ in tqdm(range(3)): pass",
        "%matplotlib widget",
        "%matplotlib notebook",
    )
    notebook.cells[4:4] = [nbformat.v4.new_code_cell(text) for text in texts]
    view = {
        "application/vnd.jupyter.widget-view+json": {
            "model_id": "0a1b",
            "version_major": 2,
            "version_minor": 0,
        }
    }
    notebook.cells[4].outputs = [nbformat.v4.new_output("display_data", data=view)]
    state = {"0a1b": {"model_name": "IntSliderModel", "state": {}}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    nbformat.write(notebook, path)
