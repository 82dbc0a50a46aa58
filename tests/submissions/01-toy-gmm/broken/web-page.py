"""Not the notebook but the page of the download that failed."""

EXPECT = {"status": "quarantined", "score": None, "says": ["is not valid JSON"]}


def build(notebook, path):
    path.write_text("<!DOCTYPE html><html><body>Please log in</body></html>", encoding="utf-8")
