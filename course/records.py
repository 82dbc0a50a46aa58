"""Graded submissions as `report` and `feedback` read them: our records, joined with nbgrader's gradebook."""

import contextlib
import json

from .folder import CourseError

QUARANTINED = "quarantined"


def load_records(lab):
    """The records of all graded submissions of a lab, with what people marked since.

    Parameters
    ----------
    lab : Lab

    Returns
    -------
    list of dict
        As `course grade` writes them, and `marks`: {grade_id: {"points", "max_points", "by_hand",
        "comment"}} for every cell that a person grades. `points` is None while nobody marked it, and 0
        without `by_hand` where nothing was answered. A task's score that was changed by hand in
        Formgrader counts in place of the automatic one.

    Raises
    ------
    CourseError
        If nothing was graded yet, or a record cannot be read.
    """
    files = sorted(lab.folder.results(lab.name).glob("*.json"))
    if not files:
        raise CourseError(
            f"Lab {lab.name} has no results yet. Run `course collect {lab.name} FOLDER`, then"
            f" `course grade {lab.name}`."
        )
    records = [_read(path, lab) for path in files]
    book = _gradebook(lab)
    for record in records:
        _join(record, lab, book.get(record["student"], {}))
    return records


def first_problem(record):
    """The first thing that was wrong, in words; empty if nothing was."""
    for task in record["tasks"]:
        for check in task["checks"]:
            if not check["passed"]:
                named = task["task"] in check["message"]
                return check["message"] if named else f"{task['task']}: {check['message']}"
    return record["problems"][0] if record["problems"] else ""


def is_unanswered(check):
    """Whether a check failed only because there was no answer yet."""
    return not check["answered"]


def is_carried(check):
    """Whether a check may have failed only because an earlier answer, which this one calls, is wrong."""
    return bool(check["blames"])


def _read(path, lab):
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        for key in ("student", "score", "max_score", "status", "problems", "tasks"):
            record[key]
        return record
    except (OSError, ValueError, KeyError, TypeError):
        raise CourseError(
            f"The record {path} cannot be read. Delete it, then run `course grade {lab.name}` again."
        ) from None


@contextlib.contextmanager
def gradebook_submissions(lab):
    """nbgrader's entries for the submissions of a lab, as long as the block lasts; none without a gradebook."""
    if not (lab.folder.build / "gradebook.db").is_file():
        yield []
        return
    from nbgrader.api import MissingEntry

    from .gradebook import opened

    with opened(lab.folder) as book:
        try:
            submissions = book.find_assignment(lab.name).submissions
        except MissingEntry:
            submissions = []
        yield submissions


def _gradebook(lab):
    """What nbgrader knows of every submission: {student: {grade_id: {"score", "by_hand", "comment"}}}."""
    with gradebook_submissions(lab) as submissions:
        return {
            submission.student.id: _cells(notebook)
            for submission in submissions
            for notebook in submission.notebooks
            if notebook.name == lab.name
        }


def _cells(notebook):
    comments = {comment.name: comment.comment or "" for comment in notebook.comments}
    return {
        grade.name: {
            "score": None if grade.needs_manual_grade else grade.score,
            "by_hand": grade.manual_score is not None or bool(grade.extra_credit),
            "comment": comments.get(grade.name, ""),
        }
        for grade in notebook.grades
    }


def _join(record, lab, cells):
    nothing = {"score": None, "by_hand": False, "comment": ""}
    record["marks"] = {
        name: {
            "points": cells.get(name, nothing)["score"],
            "max_points": points,
            "by_hand": cells.get(name, nothing)["by_hand"],
            "comment": cells.get(name, nothing)["comment"],
        }
        for name, points in lab.manual.items()
    }
    for task in record["tasks"]:
        cell = cells.get(f"{task['task']}-checks", nothing)
        task["by_hand"] = cell["by_hand"] and cell["score"] is not None
        if task["by_hand"]:
            task["score"] = cell["score"]
    if record["status"] == QUARANTINED or not cells:
        return
    record["score"] = round(sum(task["score"] for task in record["tasks"]), 9)
    points = [mark["points"] for mark in record["marks"].values()]
    record["manual"] = None if None in points else sum(points)
    record["max_manual"] = sum(lab.manual.values())
    record["status"] = "needs-manual" if record["manual"] is None else "graded"
