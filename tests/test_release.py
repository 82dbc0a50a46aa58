"""A bundle runs by itself and gives nothing away."""

import inspect
import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook

from course import release as module
from course.demo import make_course
from course.folder import CourseError
from course.lab import Lab, is_manual_cell
from course.release import CHECKOUT, HELPERS, release, requirements, write_helpers

NAME = "01-toy-gmm"
SHORT = 30  # characters; shorter lines occur by chance


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder of its own, with a copy of lab 01 that names the helpers which solve it."""
    folder = make_course(tmp_path_factory.mktemp("course"))
    path = folder.notebooks / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["lab"]["solutions"] = ["mixture"]
    nbformat.write(notebook, path)
    return folder


@pytest.fixture(scope="module")
def lab(course):
    return Lab(course, NAME)


@pytest.fixture(scope="module")
def bundle(lab):
    return release(lab)


def texts(folder):
    """Everything that can be read in a folder: {file: text}, a notebook's with its strings decoded."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8")
            is_json = path.suffix in (".ipynb", ".json")
            found[path.name] = "\n".join(strings(json.loads(text))) if is_json else text
    return found


def strings(value):
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def solution_lines(lab):
    """The lines that only the instructor has, long enough to be recognised."""
    inside, outside = set(), []
    for cell in lab.notebook.cells:
        in_solution = False
        for line in map(str.strip, cell.source.splitlines()):
            if line.startswith("###"):
                in_solution = "BEGIN" in line or (in_solution and "END SOLUTION" not in line)
            elif in_solution:
                inside.add(line)
            else:
                outside.append(line)
    given = "\n".join(outside)
    return {line for line in inside if len(line) >= SHORT and line not in given}


def found_in(pieces, folder):
    """The (file, piece) pairs of a folder's files that hold one of the pieces."""
    return [(file, p) for file, text in texts(folder).items() for p in pieces if p in text]


def mark_schemes(lab):
    sources = [c.source for c in lab.notebook.cells if is_manual_cell(c)]
    schemes = re.findall("BEGIN MARK SCHEME(.*?)### END", "\n".join(sources), re.S)
    lines = {line.strip() for scheme in schemes for line in scheme.splitlines()}
    return {line for line in lines if len(line) >= SHORT}


def hidden_secrets(lab):
    """Names, titles and characteristic lines of the hidden checks."""
    hidden = [check for check in lab.checks if check.hidden]
    visible = "".join(inspect.getsource(c.function) for c in lab.checks if not c.hidden)
    code = {
        line.strip() for check in hidden for line in inspect.getsource(check.function).splitlines()
    }
    long = {line for line in code if len(line) >= SHORT and line not in visible}
    return {c.name for c in hidden} | {c.title for c in hidden} | long


def test_no_line_of_a_solution_is_in_the_bundle(lab, bundle):
    assert found_in(solution_lines(lab), bundle) == []


def test_no_marking_scheme_is_in_the_bundle(lab, bundle):
    assert found_in(mark_schemes(lab) | {"MARK SCHEME", "BEGIN SOLUTION"}, bundle) == []


def test_no_hidden_check_is_in_the_bundle(lab, bundle):
    assert found_in(hidden_secrets(lab), bundle) == []


def test_the_search_for_leaks_finds_them_where_they_are(lab):
    """The same searches, run over the instructor's own folders, find every line."""
    notebooks = lab.path.parent
    assert len(solution_lines(lab)) > 40
    assert {piece for _, piece in found_in(solution_lines(lab), notebooks)} == solution_lines(lab)
    assert len(mark_schemes(lab)) >= 4
    assert {piece for _, piece in found_in(mark_schemes(lab), notebooks)} == mark_schemes(lab)
    assert len(hidden_secrets(lab)) > 40
    assert len(found_in(hidden_secrets(lab), CHECKOUT / "course" / "rubrics")) > 40


def test_nothing_in_the_bundle_imports_the_course(bundle):
    imports = re.compile(r"^\s*(from|import)\s+course\b|import_module\(\s*f?[\"']course", re.M)
    assert [file for file, text in texts(bundle).items() if imports.search(text)] == []


@pytest.mark.notebook
def test_the_unanswered_notebook_runs_from_top_to_bottom(bundle, tmp_path, monkeypatch):
    folder = shutil.copytree(bundle, tmp_path / "bundle")
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("import helpers\nprint(helpers.__file__)"))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    client = NotebookClient(
        notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [o.ename for o in outputs if o.output_type == "error"] == []
    assert [o.text for o in outputs if o.get("name") == "stderr"] == []
    assert outputs[-1].text.strip() == str(folder / "helpers" / "__init__.py")


def test_the_bundle_holds_what_it_should_and_no_more(bundle):
    library = "__init__ answers core expectations fixtures remote rendering toy_gmm transport"
    assert sorted(p.stem for p in (bundle / "helpers" / "checks").glob("*")) == library.split()
    assert sorted(p.name for p in (bundle / "helpers").iterdir()) == [
        "__init__.py",
        "checks",
        "data",
        "plotting",
    ]
    assert sorted(p.name for p in bundle.iterdir()) == [
        ".bundle.json",
        f"{NAME}.ipynb",
        "README.md",
        "environment.yml",
        "helpers",
        "requirements.txt",
    ]


def test_a_new_helper_never_ships_by_accident(lab, tmp_path, monkeypatch):
    everything = shutil.copytree(HELPERS, tmp_path / "helpers")
    (everything / "answers_of_all_labs.py").write_text("secret = 1\n")
    (everything / "checks" / "other_lab.py").write_text("secret = 1\n")
    monkeypatch.setattr(module, "HELPERS", everything)
    (tmp_path / "bundle").mkdir()
    write_helpers(tmp_path / "bundle", lab)
    assert [file for file, text in texts(tmp_path / "bundle").items() if "secret" in text] == []


def test_what_solves_a_lab_ships_when_the_instructor_says_so(lab, tmp_path):
    write_helpers(tmp_path, lab, with_solutions=[NAME])
    assert (tmp_path / "helpers" / "mixture.py").is_file()


def test_the_gradebook_knows_the_points_of_a_released_lab(lab, bundle):
    with Gradebook(lab.folder.gradebook_url) as gradebook:
        cells = gradebook.find_notebook(NAME, NAME).grade_cells
        points = {cell.name: cell.max_score for cell in cells}
    automatic = {task.check_cell: task.max_score for task in lab.tasks}
    assert points == pytest.approx(automatic | lab.manual)


def test_nbgrader_releases_the_same_notebook(lab, bundle):
    ours, theirs = bundle / f"{NAME}.ipynb", lab.folder.step("release", lab=NAME) / f"{NAME}.ipynb"
    assert nbformat.read(ours, as_version=4) == nbformat.read(theirs, as_version=4)


def test_a_bundle_is_replaced_but_nothing_else(lab, bundle, tmp_path):
    first = release(lab, tmp_path)
    (first / "helpers" / "__pycache__").mkdir()
    assert release(lab, tmp_path) == first
    assert sorted(p.name for p in tmp_path.iterdir()) == [NAME]

    (first / "my-notes.txt").write_text("precious")
    with pytest.raises(CourseError, match=r"my-notes\.txt"):
        release(lab, tmp_path)
    assert (first / "my-notes.txt").read_text() == "precious"


def test_a_bundle_somebody_worked_in_is_kept(lab, tmp_path):
    notebook = release(lab, tmp_path) / f"{NAME}.ipynb"
    notebook.write_text(notebook.read_text() + "\n")
    with pytest.raises(CourseError, match=re.escape(notebook.name)):
        release(lab, tmp_path)


def test_the_labs_own_folder_is_never_taken_for_a_bundle(lab):
    before = lab.path.read_bytes()
    with pytest.raises(CourseError, match="not a bundle of ours"):
        release(lab, lab.folder.notebooks)
    assert lab.path.read_bytes() == before


def test_a_release_that_fails_leaves_the_old_bundle(lab, tmp_path, monkeypatch):
    old = release(lab, tmp_path)
    before = {p: p.read_bytes() for p in old.rglob("*") if p.is_file()}

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_readme", no_space)
    with pytest.raises(OSError, match="No space"):
        release(lab, tmp_path)
    assert {p: p.read_bytes() for p in old.rglob("*") if p.is_file()} == before
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_students_get_the_versions_of_the_lock(bundle, lab):
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    pins = (bundle / "requirements.txt").read_text().split()
    assert pins == requirements(lab)
    assert {pin.partition("==")[0] for pin in pins} == set(module.STUDENT_PACKAGES)
    assert [pin for pin in pins if not re.search(rf"^{re.escape(pin)}( |$)", lock, re.M)] == []


def test_the_bundle_names_no_place_of_this_machine(bundle):
    places = {str(CHECKOUT), str(Path.home()) + os.sep, str(bundle)}
    assert found_in(places, bundle) == []
