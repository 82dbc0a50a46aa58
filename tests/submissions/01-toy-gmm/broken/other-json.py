"""Valid JSON that is no notebook."""

EXPECT = {"status": "quarantined", "score": None, "says": ["is not a Jupyter notebook"]}


def build(notebook, path):
    path.write_text("[1, 2, 3]", encoding="utf-8")
