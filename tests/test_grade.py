"""Grading a class: one gradebook, whatever the number of jobs, and nothing lost when it is killed."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from conftest import ROOT

from course import gradebook
from course.answers import fill, reference
from course.folder import CourseError, CourseFolder
from course.grade import grade_class, grade_files, read_result
from course.lab import Lab, lab_names

LAB = "01-toy-gmm"
COUNT = "def n_parameters(n_clusters, n_dims):\n    return {}"


@pytest.fixture
def course(tmp_path):
    """An empty course with lab 01, in a folder whose name holds a space."""
    root = tmp_path / "my course"
    shutil.copytree(ROOT / "notebooks" / LAB, root / "notebooks" / LAB)
    (root / "nbgrader_config.py").write_text(
        "from pathlib import Path\nfrom course.folder import configure\n"
        "configure(get_config(), Path(__file__).parent)\n"
    )
    return Lab(CourseFolder(root), LAB)


def hand_in(lab, student, answers, text=None):
    path = lab.folder.submission(student, lab.name)
    path.parent.mkdir(parents=True)
    if text is None:
        nbformat.write(fill(lab, answers), path)
    else:
        path.write_text(text)


def light_answer(lab, right=True):
    """An answer to one small task: cheap to grade."""
    wrong = COUNT.format("n_clusters * n_dims")
    return {"n_parameters": reference(lab)["n_parameters"] if right else wrong}


def auto_scores(lab):
    with gradebook.opened(lab.folder) as book:
        return {
            (s.student.id, g.name): g.auto_score
            for s in book.assignment_submissions(lab.name)
            for n in s.notebooks
            for g in n.grades
        }


@pytest.mark.slow
def test_class_is_graded_alike_for_any_number_of_jobs(course):
    hand_in(course, "zoë", light_answer(course))
    hand_in(course, "o'neil, pat", light_answer(course, right=False))
    hand_in(course, "cut", {}, text='{"cells": [')
    gradebook.register(course)
    one = grade_class(course, jobs=1, seed=3)
    first = auto_scores(course)
    three = grade_class(course, jobs=3, seed=3)
    assert [{**r, "seconds": 0} for r in one] == [{**r, "seconds": 0} for r in three]
    assert auto_scores(course) == first
    by_student = {r["student"]: r for r in one}
    assert by_student["cut"]["status"] == "quarantined"
    assert "not valid JSON" in by_student["cut"]["problems"][0]
    assert by_student["zoë"]["score"] == 0.5
    assert first["zoë", "n_parameters-checks"] == 0.5
    assert by_student["o'neil, pat"]["score"] < 0.5
    assert not [key for key in first if key[0] == "cut"]


@pytest.mark.slow
def test_grades_are_not_changed_by_what_comes_before_in_the_same_run(lab, tmp_path):
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"{number}.ipynb")
        nbformat.write(fill(lab, light_answer(lab, right=number != 1)), paths[-1])
    together = grade_files(lab, paths, jobs=2, seed=5)
    alone = [grade_files(lab, [path], seed=5)[0] for path in paths]
    assert [r["tasks"] for r in together] == [r["tasks"] for r in alone]
    assert [r["seed"] for r in together] == [5, 5, 5]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_killed_run_resumes_without_losing_or_repeating_anything(course):
    students = [f"s{number:02}" for number in range(10)]
    for number, student in enumerate(students):
        hand_in(course, student, light_answer(course, right=number % 3 > 0))
    process = start_grading(course)
    wait_for(lambda: len(finished(course)) >= 3, process)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    kept = {s: read_result(course, s) for s in finished(course)}
    assert 3 <= len(kept) < len(students)
    stamps = {s: result_path(course, s).stat().st_mtime_ns for s in kept}

    process = start_grading(course)
    assert process.wait(timeout=120) == 0, process.stderr.read()
    assert finished(course) == set(students)
    assert {s: result_path(course, s).stat().st_mtime_ns for s in kept} == stamps
    assert {read_result(course, s)["seed"] for s in students} == {next(iter(kept.values()))["seed"]}
    scores = auto_scores(course)
    for number, student in enumerate(students):
        assert (scores[student, "n_parameters-checks"] == 0.5) == (number % 3 > 0)


@pytest.mark.slow
def test_resume_grades_a_submission_again_when_it_has_changed(course):
    hand_in(course, "ada", light_answer(course, right=False))
    (before,) = grade_class(course, seed=1)
    nbformat.write(fill(course, light_answer(course)), course.folder.submission("ada", LAB))
    (after,) = grade_class(course, resume=True)
    assert before["score"] < after["score"] == 0.5


def start_grading(lab):
    environment = {**os.environ, "COURSE_ROOT": str(lab.folder.root), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "course", "grade", lab.name, "--jobs", "2", "--resume"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def result_path(lab, student):
    return lab.folder.results(lab.name) / f"{student}.json"


def finished(lab):
    found = set()
    for path in lab.folder.results(lab.name).glob("[!.]*.json"):
        with contextlib.suppress(ValueError):
            json.loads(path.read_text(encoding="utf-8"))
            found.add(path.stem)
    return found


def wait_for(condition, process, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline, "nothing was graded in time"
        time.sleep(0.02)


def test_a_lab_whose_packages_are_missing_is_refused_before_any_grade(course, monkeypatch):
    hand_in(course, "ada", light_answer(course))
    monkeypatch.setattr(Lab, "missing", ["torch"])
    with pytest.raises(CourseError, match=r"torch must be installed first.*make deep"):
        grade_class(course)
    assert read_result(course, "ada") is None


def test_only_labs_with_deep_networks_need_their_packages(monkeypatch):
    labs = [Lab(CourseFolder(ROOT), name) for name in lab_names(CourseFolder(ROOT))]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert {lab.name: bool(lab.missing) for lab in labs} == {
        lab.name: bool(lab.about.get("deep")) for lab in labs
    }
