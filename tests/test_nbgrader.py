"""nbgrader's own commands on a small class: they grade as `course grade` does, and nothing stops them."""

import shutil
from datetime import datetime
from types import SimpleNamespace

import nbformat
import pytest
from classroom import (
    LAB,
    SEED,
    answered,
    gradebook,
    hand_in,
    nbgrader,
    new_course,
    quick,
    scores,
    wrong,
)

from course.grade import grade_class, read_result
from course.lab import grade_id, is_check_cell

pytestmark = [pytest.mark.slow, pytest.mark.notebook]
GRADED = ("killer", "reference", "unanswered", "wrong")


def fill_class(lab):
    """Four hand-ins that can be graded, one of them late, and one that was cut off."""
    whole = answered(lab)
    hand_in(lab, "reference", whole)
    hand_in(lab, "unanswered", nbformat.writes(lab.released))
    hand_in(lab, "cut", whole[: len(whole) // 2])
    hand_in(lab, "killer", quick(lab, n_parameters="import os\nos._exit(1)"))
    late = hand_in(lab, "wrong", wrong(lab))
    late.with_name("timestamp.txt").write_text("2026-03-02 12:00:00 UTC", encoding="utf-8")


def set_due_date(lab):
    with gradebook(lab) as book:
        book.update_or_create_assignment(LAB, duedate=datetime(2026, 3, 1))


@pytest.fixture(scope="module")
def by_nbgrader(tmp_path_factory):
    """The class after nbgrader's commands; a space and a letter outside ASCII are in its path."""
    lab = new_course(tmp_path_factory.mktemp("class") / "Übung im März")
    fill_class(lab)
    generated = nbgrader(lab, "generate_assignment", LAB)
    set_due_date(lab)
    autograded = nbgrader(lab, "autograde", LAB)
    feedback = nbgrader(lab, "generate_feedback", LAB)
    return SimpleNamespace(lab=lab, generated=generated, autograded=autograded, feedback=feedback)


@pytest.fixture(scope="module")
def by_course(by_nbgrader, tmp_path_factory):
    """The same class in a second folder, graded by `course grade`."""
    lab = new_course(tmp_path_factory.mktemp("class") / "second")
    shutil.copytree(by_nbgrader.lab.folder.step("submitted"), lab.folder.step("submitted"))
    assert nbgrader(lab, "generate_assignment", LAB).returncode == 0
    set_due_date(lab)
    grade_class(lab, jobs=2, seed=SEED)
    return lab


def test_the_lab_is_released(by_nbgrader):
    assert by_nbgrader.generated.returncode == 0, by_nbgrader.generated.stderr
    released = nbformat.read(by_nbgrader.lab.folder.step("release") / LAB / f"{LAB}.ipynb", 4)
    assert [c.source for c in released.cells] == [c.source for c in by_nbgrader.lab.released.cells]


@pytest.mark.parametrize("student", GRADED)
def test_the_scores_of_every_cell_are_those_of_course_grade(by_nbgrader, by_course, student):
    assert scores(by_nbgrader.lab, student) == scores(by_course, student)
    records = [read_result(lab, student) for lab in (by_nbgrader.lab, by_course)]
    for record in records:
        del record["seconds"]
    assert records[0] == records[1]


def test_the_class_gets_the_scores_it_deserves(by_nbgrader):
    lab = by_nbgrader.lab
    tasks = {s: {t["task"]: t["score"] for t in read_result(lab, s)["tasks"]} for s in GRADED}
    full = {t.name: t.max_score for t in lab.tasks}
    assert tasks["reference"] == pytest.approx(full)
    assert not any(tasks["unanswered"].values())
    unanswered = {"fit_mog", "select_n_clusters"}
    assert {t for t in full if tasks["wrong"][t] < full[t]} == {"mog_bic"} | unanswered
    needs_it = {"n_parameters", "mog_bic"}
    assert {t for t in full if tasks["killer"][t] < full[t]} == needs_it | unanswered
    assert any("ended the Python process" in p for p in read_result(lab, "killer")["problems"])


def test_a_broken_file_stops_nobody_and_says_why(by_nbgrader, by_course):
    assert by_nbgrader.autograded.returncode != 0
    graded = by_nbgrader.lab.folder.step("autograded")
    assert sorted(p.name for p in graded.iterdir()) == list(GRADED)
    record = read_result(by_nbgrader.lab, "cut")
    assert (record["status"], record["score"]) == ("quarantined", None)
    assert "It looks cut off." in record["problems"][0]
    assert record == {**read_result(by_course, "cut"), "seconds": record["seconds"]}


@pytest.mark.parametrize("student", GRADED)
def test_every_check_cell_ends_with_its_score_as_a_plain_float(by_nbgrader, student):
    path = by_nbgrader.lab.folder.step("autograded", student, LAB) / f"{LAB}.ipynb"
    cells = [c for c in nbformat.read(path, 4).cells if is_check_cell(c)]
    assert [grade_id(c) for c in cells] == [t.check_cell for t in by_nbgrader.lab.tasks]
    for cell, task in zip(cells, read_result(by_nbgrader.lab, student)["tasks"], strict=True):
        results = [o for o in cell.outputs if o.output_type == "execute_result"]
        assert results == cell.outputs[-1:]
        shown = results[0].data["text/plain"]
        assert shown == repr(float(shown))
        assert float(shown) == pytest.approx(task["score"])


def test_stock_feedback_says_what_the_failed_checks_found(by_nbgrader):
    assert by_nbgrader.feedback.returncode == 0, by_nbgrader.feedback.stderr
    page = by_nbgrader.lab.folder.step("feedback", "wrong", LAB) / f"{LAB}.html"
    assert "the mixing weights p[k] are missing" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("grader", ["by_nbgrader", "by_course"])
def test_a_late_hand_in_is_penalised_as_the_course_says(grader, request):
    graded = request.getfixturevalue(grader)
    with gradebook(getattr(graded, "lab", graded)) as book:
        late = book.find_submission(LAB, "wrong")
        assert late.total_seconds_late == 36 * 3600
        assert late.late_submission_penalty == pytest.approx(late.score) != 0
        assert not book.find_submission(LAB, "killer").late_submission_penalty


def test_grading_again_keeps_what_a_person_gave(by_nbgrader):
    lab, cell = by_nbgrader.lab, f"{LAB}-q1"
    with gradebook(lab) as book:
        grade = book.find_submission_notebook(LAB, LAB, "killer").grades
        next(g for g in grade if g.name == cell).manual_score = 0.25
        book.db.commit()
    before = scores(lab, "killer")
    path = lab.folder.step("autograded", "killer", LAB) / f"{LAB}.ipynb"
    written = path.stat().st_mtime_ns
    again = nbgrader(lab, "autograde", LAB, "--student", "killer", "--force")
    assert again.returncode == 0, again.stderr
    assert path.stat().st_mtime_ns > written
    assert scores(lab, "killer") == before
    assert before[cell][1] == 0.25
