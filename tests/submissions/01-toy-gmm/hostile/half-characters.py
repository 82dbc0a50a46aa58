"""Half characters, which no file can hold, in cells, names and types."""

import json

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    notebook.cells.insert(3, nbformat.v4.new_code_cell('odd = "\ud800"'))
    notebook.cells.append(nbformat.v4.new_markdown_cell("\udfff"))
    notebook.cells.append(nbformat.v4.new_code_cell("print(1)\x00"))
    content = json.loads(json.dumps(notebook))
    content["cells"][-1]["metadata"] = {"nbgrader": {"grade_id": "\ud800"}}
    content["cells"].append(
        {"cell_type": "\ud800" * 1000, "source": ["\udc00", 5, None], "metadata": 3}
    )
    path.write_text(json.dumps(content), encoding="utf-8")
