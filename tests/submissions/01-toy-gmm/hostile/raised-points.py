"""The metadata give every cell 100 points, and make answer cells graded ones; one answer is wrong."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 7.0, "says": []}


def build(notebook, path):
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        marks.update(points=100, max_points=100, grade=True)
        if marks.get("grade_id") == "sample_data":
            cell.source = "def sample_data(*args, **kwargs):\n    return 1.0"
    notebook.metadata["course_problems"] = []
    nbformat.write(notebook, path)
