"""Cell sources are one text each instead of a list of lines, some missing altogether."""

import json

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    content = json.loads(json.dumps(notebook))
    content["cells"].append({"cell_type": "code", "metadata": {}})
    content["cells"].append({"cell_type": "markdown", "source": None})
    path.write_text(json.dumps(content), encoding="utf-8")
