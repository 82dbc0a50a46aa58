"""Whatever students hand in is taken as it is, or left out with a reason."""

import os
import unicodedata

import pytest

from course.collect import collect
from course.folder import CourseError, CourseFolder

LAB = "01-toy-gmm"


@pytest.fixture
def course(tmp_path):
    return CourseFolder(tmp_path / "course")


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(inbox, name, text="{}"):
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def taken(course):
    """What lies ready for grading: {student: text}."""
    return {s: course.submission(s, LAB).read_text("utf-8") for s in course.students(LAB)}


@pytest.mark.parametrize(
    "name",
    [
        "ada/01-toy-gmm.ipynb",
        "ada.ipynb",
        "ada/homework (final).ipynb",
        "ada/bundle/01-toy-gmm/01-toy-gmm.ipynb",
    ],
)
def test_the_usual_layouts(course, inbox, name):
    put(inbox, name, "work")
    assert [(c.student, c.state) for c in collect(course, LAB, inbox)] == [("ada", "new")]
    assert taken(course) == {"ada": "work"}


def test_a_single_notebook_belongs_to_its_name_or_its_folder(course, inbox):
    assert collect(course, LAB, put(inbox, "bob.ipynb"))[0].student == "bob"
    assert collect(course, LAB, put(inbox, "carla/01-toy-gmm.ipynb"))[0].student == "carla"


def test_layouts_may_be_mixed_and_the_rest_is_ignored(course, inbox):
    put(inbox, "ada.ipynb", "a")
    put(inbox, "bob/01-toy-gmm.ipynb", "b")
    put(inbox, "bob/scratch.ipynb", "not this one")
    put(inbox, "bob/.ipynb_checkpoints/01-toy-gmm.ipynb", "nor this")
    put(inbox, "__MACOSX/bob/._01-toy-gmm.ipynb")
    put(inbox, ".DS_Store")
    put(inbox, "list.csv")
    assert [c.student for c in collect(course, LAB, inbox)] == ["ada", "bob"]
    assert taken(course) == {"ada": "a", "bob": "b"}


def test_only_the_notebook_is_taken(course, inbox):
    put(inbox, "ada/01-toy-gmm.ipynb")
    put(inbox, "ada/numpy.py", "raise SystemExit")
    put(inbox, "ada/helpers/__init__.py")
    collect(course, LAB, inbox)
    assert os.listdir(course.step("submitted", "ada", LAB)) == [f"{LAB}.ipynb"]


def test_broken_files_are_taken_too(course, inbox):
    (inbox / "ada.ipynb").write_bytes(b'{"cells": [\xff')
    assert collect(course, LAB, inbox)[0].state == "new"
    assert course.submission("ada", LAB).read_bytes() == b'{"cells": [\xff'


def test_a_second_hand_in_replaces_the_first(course, inbox):
    path = put(inbox, "ada.ipynb", "first")
    states = [collect(course, LAB, inbox)[0].state for _ in range(2)]
    path.write_text("second")
    states.append(collect(course, LAB, inbox)[0].state)
    assert states == ["new", "unchanged", "replaced"]
    assert taken(course) == {"ada": "second"}
    assert os.listdir(course.build) == ["submitted"]


def test_names_in_any_script_are_one_name_however_they_are_packed(course, inbox):
    name = "Zoë Šťastná-李"
    put(inbox, unicodedata.normalize("NFD", name) + ".ipynb")
    [collected] = collect(course, LAB, inbox)
    assert collected.student == unicodedata.normalize("NFC", name)


def test_two_hand_ins_of_one_student_are_left_to_a_person(course, inbox):
    put(inbox, "ada.ipynb")
    put(inbox, "ada/other.ipynb")
    put(inbox, "bob/a.ipynb")
    put(inbox, "bob/b.ipynb")
    put(inbox, "carla.ipynb")
    states = {c.student: (c.state, c.problem) for c in collect(course, LAB, inbox)}
    assert states.pop("carla") == ("new", "")
    assert {s: state for s, (state, _) in states.items()} == {"ada": "left out", "bob": "left out"}
    assert all("2 notebooks" in problem for _, problem in states.values())
    assert taken(course) == {"carla": "{}"}


def test_links_are_not_followed(course, inbox, tmp_path):
    secret = put(tmp_path, "elsewhere/01-toy-gmm.ipynb", "somebody else's")
    (inbox / "ada.ipynb").symlink_to(secret)
    (inbox / "bob").symlink_to(secret.parent)
    (inbox / "carla").mkdir()
    (inbox / "carla" / "01-toy-gmm.ipynb").symlink_to(secret)
    collected = collect(course, LAB, inbox)
    assert [(c.student, c.state) for c in collected] == [
        (name, "left out") for name in ("ada", "bob", "carla")
    ]
    assert all("link" in c.problem for c in collected)
    assert taken(course) == {}


def test_a_student_without_a_notebook_is_named(course, inbox):
    put(inbox, "ada/report.pdf")
    [collected] = collect(course, LAB, inbox)
    assert (collected.state, "no notebook" in collected.problem) == ("left out", True)


@pytest.mark.parametrize("name", ["", "nowhere", "list.csv"])
def test_nothing_to_collect_is_an_error_that_says_what_is_expected(course, inbox, name):
    put(inbox, "list.csv")
    with pytest.raises(CourseError, match=r"<student>|Give the folder|Unpack|give the folder"):
        collect(course, LAB, inbox / name)
