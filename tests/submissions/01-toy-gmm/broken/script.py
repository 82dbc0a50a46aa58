"""The notebook was exported as a script, and that was renamed."""

EXPECT = {"status": "quarantined", "score": None, "says": ["is not valid JSON"]}


def build(notebook, path):
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    path.write_text(
        "#!/usr/bin/env python\n# coding: utf-8\n\n" + "\n\n# In[ ]:\n\n".join(cells),
        encoding="utf-8",
    )
