"""Numbers of a million digits, where nobody reads a number."""

import json

EXPECT = {"status": "quarantined", "score": None, "says": ["is not valid JSON"]}


def build(notebook, path):
    text = json.dumps(notebook)
    path.write_text(text[:-1] + ', "big": ' + "9" * 1_000_000 + "}", encoding="utf-8")
