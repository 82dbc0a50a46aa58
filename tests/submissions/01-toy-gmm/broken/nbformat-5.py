"""Saved by a Jupyter of the future."""

import json

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    content = json.loads(json.dumps(notebook))
    content.update(nbformat=5, nbformat_minor=3)
    path.write_text(json.dumps(content), encoding="utf-8")
