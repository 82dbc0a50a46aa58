"""Everything that should be a list, a text or a number is something else."""

import json

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    content = json.loads(json.dumps(notebook))
    content["metadata"] = [1, 2]
    content["nbformat"] = "four"
    content["nbformat_minor"] = -1e308
    for cell in content["cells"]:
        cell["outputs"] = {"a": float("nan")}
        cell["id"] = ["x"] * 100
        cell["execution_count"] = 10**300
    content["cells"] += [5, None, [], {}, {"cell_type": {}, "source": {"a": 1}, "metadata": []}]
    path.write_text(json.dumps(content), encoding="utf-8")
