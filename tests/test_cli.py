"""The command line: what it promises, and that no error is ever a traceback."""

import errno
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest

from course import cli, demo
from course.answers import fill, read_answers, reference
from course.cli import main
from course.folder import CourseError
from course.lab import Lab, grade_id, is_check_cell
from course.release import CHECKOUT

NAME = "01-toy-gmm"
COMMANDS = [
    "list",
    "release",
    "answer",
    "collect",
    "grade",
    "feedback",
    "report",
    "export",
    "doctor",
    "demo",
]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder of its own, with lab 01, in which the commands run."""
    folder = demo.make_course(tmp_path / "course")
    monkeypatch.delenv("COURSE_ROOT", raising=False)
    monkeypatch.delenv("COURSE_DEBUG", raising=False)
    monkeypatch.chdir(folder.root)
    return folder


@pytest.fixture
def run(course, capsys):
    """Run a command in the course: (exit status, stdout, stderr)."""

    def run(*arguments):
        capsys.readouterr()
        try:
            status = main([str(a) for a in arguments])
        except SystemExit as stop:
            status = stop.code
        return status, *capsys.readouterr()

    return run


def is_one_line(text):
    return text.count("\n") == 1 and "Traceback" not in text


def record_of(student, status="graded", message=""):
    check = {"name": "c", "title": "T", "points": 1.0, "max_points": 1.0, "passed": not message}
    tasks = [{"task": "t", "score": 1.0, "max_score": 1.0}]
    tasks[0]["checks"] = [{**check, "message": message, "hidden": False}]
    bad = status == "quarantined"
    return {
        "lab": NAME,
        "student": student,
        "score": None if bad else 1.0,
        "max_score": 8.0,
        "manual": None,
        "max_manual": 5.0,
        "status": status,
        "problems": ["The file is empty. Ask for it again."] if bad else [],
        "seconds": 0.1,
        "seed": 1,
        "tasks": [] if bad else tasks,
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(run, command):
    status, out, err = run(command, "--help")
    assert (status, err) == (0, "")
    assert f"Example: course {command}" in " ".join(out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["mark"],
        ["grade"],
        ["answer", NAME, "answers.py"],
        ["grade", NAME, "--jobs", "0"],
        ["grade", NAME, "--seed", "-1"],
        ["grade", NAME, "--jobs", "many"],
        ["collect", NAME, ".", "--from", "pigeon"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_status_2(run, arguments):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("usage: course")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["release", "02-nothing"],
            "no lab called '02-nothing'. The labs of this course: 01-toy-gmm",
        ),
        (["answer", NAME, "nowhere.py", "-o", "x.ipynb"], "nowhere.py cannot be read"),
        (["answer", NAME, "bad.py", "-o", "x.ipynb"], "no answer cell called 'fit_gmm'. It has: "),
        (["answer", NAME, "twice.py", "-o", "x.ipynb"], "line 3: there is a second section called"),
        (["answer", NAME, "unnamed.py", "-o", "x.ipynb"], "line 1: this section has no name"),
        (["answer", NAME, "latin.py", "-o", "x.ipynb"], "is not text in UTF-8"),
        (["collect", NAME, "nowhere"], "There is nothing at"),
        (["grade", NAME], "Nothing was collected for lab 01-toy-gmm yet. Run `course collect"),
        (["grade", NAME, "nowhere.ipynb"], "There is no file nowhere.ipynb"),
        (["feedback", NAME], "has no results yet. Run `course collect"),
        (["report"], "No lab has results yet"),
    ],
    ids=lambda value: value[1][:24] if isinstance(value, list) and len(value) > 1 else None,
)
def test_every_error_is_one_line_that_says_what_to_do(course, run, arguments, words):
    (course.root / "bad.py").write_text("# %% fit_gmm\npass\n")
    (course.root / "twice.py").write_text("# %% fit_mog\npass\n# %% fit_mog\npass\n")
    (course.root / "unnamed.py").write_text("# %%\npass\n")
    (course.root / "latin.py").write_bytes("# %% fit_mog\n# Zoë\n".encode("latin-1"))
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert words in err
    assert is_one_line(err)


def test_outside_a_course_the_error_says_where_to_go(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, err = run("list")
    assert status == 1
    assert "COURSE_ROOT" in err
    assert is_one_line(err)


def test_list_names_points_time_and_data(run):
    status, out, _ = run("list")
    assert status == 0
    assert re.search(rf"{NAME}.*8 \+ 5.*min.*none", out)
    [facts] = json.loads(run("list", "--json")[1])
    assert (facts["lab"], facts["max_score"], facts["max_manual"]) == (NAME, 8.0, 5.0)
    assert facts["tasks"]["mog_bic"] == 1.5
    assert facts["data"] == []
    assert facts["minutes"] > 0


def test_release_prints_where_the_bundle_is(course, run, tmp_path):
    status, out, _ = run("release", "--to", tmp_path / "out")
    assert status == 0
    assert out.split() == [str(tmp_path / "out" / NAME)]
    assert (tmp_path / "out" / NAME / f"{NAME}.ipynb").is_file()


def test_answers_fill_code_and_text_cells(course, run):
    (course.root / "a.py").write_text(
        "# who: nobody\n# %% n_parameters\ndef n_parameters(K, d):\n    return 17\n\n"
        f"# %% [markdown] {NAME}-q1\n# All five.\n#\n# Zoë: *yes*\n",
        encoding="utf-8",
    )
    assert run("answer", NAME, "a.py", "-o", "out/filled.ipynb") == (0, "out/filled.ipynb\n", "")
    filled = nbformat.read(course.root / "out" / "filled.ipynb", as_version=4)
    sources = {grade_id(c): c.source for c in filled.cells if grade_id(c)}
    assert sources["n_parameters"] == "def n_parameters(K, d):\n    return 17"
    assert sources[f"{NAME}-q1"] == "All five.\n\nZoë: *yes*"
    released = {grade_id(c): c.source for c in Lab(course, NAME).released.cells if grade_id(c)}
    assert {k for k in released if released[k] != sources[k]} == {"n_parameters", f"{NAME}-q1"}


def test_the_reference_holds_every_answer_and_no_marks(course):
    lab = Lab(course, NAME)
    filled = fill(lab, reference(lab))
    text = "\n".join(cell.source for cell in filled.cells)
    assert "Write your answer here" not in text
    assert not re.search(r"### (BEGIN|END)|MARK SCHEME", text)


def test_the_instructors_notebook_is_never_overwritten(course, run):
    before = (course.notebooks / NAME / f"{NAME}.ipynb").read_bytes()
    status, _, err = run("answer", NAME, "reference", "-o", f"notebooks/{NAME}/{NAME}.ipynb")
    assert status == 1
    assert is_one_line(err)
    assert (course.notebooks / NAME / f"{NAME}.ipynb").read_bytes() == before


def test_collect_names_what_it_took_and_what_it_left(course, run, tmp_path):
    (tmp_path / "in" / "bob").mkdir(parents=True)
    (tmp_path / "in" / "ada.ipynb").write_text("{}")
    status, out, err = run("collect", NAME, tmp_path / "in")
    assert status == 3
    assert re.search(r"ada +│ new +│ 1 ", out)
    assert out.endswith("1 collected, 1 left out.\n")
    assert "bob: left out. There is no notebook" in err


def test_from_the_reference_answers_to_the_report(course, run, tmp_path):
    """The whole way: release, answer, collect, grade, feedback, report; and grading single files."""
    inbox = tmp_path / "in"
    perfect, broken = inbox / "ada.ipynb", inbox / "bob.ipynb"
    assert run("answer", NAME, "reference", "-o", perfect)[0] == 0
    broken.write_text(perfect.read_text(encoding="utf-8")[:5000], encoding="utf-8")
    assert run("collect", NAME, inbox)[0] == 0

    status, out, err = run("grade", NAME, "--seed", 7, "--json", "-")
    assert status == 3
    ada, bob = json.loads(out)
    assert (ada["student"], ada["score"], ada["max_score"]) == ("ada", 8.0, 8.0)
    assert (bob["student"], bob["score"], bob["status"]) == ("bob", None, "quarantined")
    assert re.search(r"^bob: quarantined\. .*not valid JSON.*hand it in again", err, re.M)
    assert "1 of 2: " in err
    assert "2 of 2: " in err

    status, out, _ = run("grade", NAME, broken, "--json", tmp_path / "bob.json")
    assert status == 3
    assert json.loads((tmp_path / "bob.json").read_text())["status"] == "quarantined"

    assert run("feedback", NAME)[0] == 0
    page = (course.build / "feedback" / "ada" / NAME / f"{NAME}.html").read_text("utf-8")
    assert "Checks: 8 of 8 points." in page
    status, out, _ = run("report")
    assert status == 0
    assert "2 submissions, 1 graded, 1 quarantined" in out
    files = [line for line in out.splitlines() if line.startswith(str(course.build))]
    assert len(files) == 3
    assert all(os.path.isfile(file) for file in files)


@pytest.mark.parametrize(("n_paths", "kind"), [(1, dict), (2, list)])
def test_json_is_one_object_for_one_path_and_else_a_list(course, run, monkeypatch, n_paths, kind):
    monkeypatch.setattr(
        "course.grade.grade_files", lambda lab, paths, *_, **__: [record_of(p) for p in paths]
    )
    paths = [course.root / f"{i}.ipynb" for i in range(n_paths)]
    for path in paths:
        path.touch()
    status, out, _ = run("grade", NAME, *paths, "--json", "-")
    assert status == 0
    assert isinstance(json.loads(out), kind)


def test_a_single_file_shows_every_failed_check(course, run, monkeypatch):
    monkeypatch.setattr(
        "course.grade.grade_files", lambda *_, **__: [record_of("a", message="Why\x1b[2J not?")]
    )
    (course.root / "a.ipynb").touch()
    _, out, _ = run("grade", NAME, "a.ipynb")
    assert "  t: 1 of 1\n    failed: T\n      Why�[2J not?" in out


def break_grading(monkeypatch, error):
    def grade_files(*_, **__):
        raise error

    monkeypatch.setattr("course.grade.grade_files", grade_files)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), "The disk is full (/x/y)"),
        (
            PermissionError(errno.EACCES, "Permission denied", "/x/y"),
            "(/x/y). Change its permissions",
        ),
        (CourseError("Do this."), "Do this."),
        (
            KeyError("student"),
            "a mistake in the course's own code (KeyError: 'student', in test_cli.py",
        ),
    ],
    ids=["disk full", "permissions", "ours", "a bug"],
)
def test_no_failure_is_a_traceback(course, run, monkeypatch, error, words):
    break_grading(monkeypatch, error)
    (course.root / "a.ipynb").touch()
    status, _, err = run("grade", NAME, "a.ipynb")
    assert status == 1
    assert words in err
    assert is_one_line(err)


def test_debugging_shows_the_traceback(course, run, monkeypatch):
    monkeypatch.setenv("COURSE_DEBUG", "1")
    break_grading(monkeypatch, KeyError("student"))
    (course.root / "a.ipynb").touch()
    assert "Traceback" in run("grade", NAME, "a.ipynb")[2]


def test_an_interruption_says_how_to_go_on(course, run, monkeypatch):
    break_grading(monkeypatch, KeyboardInterrupt())
    (course.root / "a.ipynb").touch()
    status, _, err = run("grade", NAME, "a.ipynb")
    assert status == 130
    assert "run again with --resume" in err
    assert is_one_line(err)


def python(code, **settings):
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), **settings}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=CHECKOUT, env=environment,
    )  # fmt: skip


def test_a_reader_who_leaves_is_no_error():
    code = (
        "import sys, time; from course import cli\n"
        "cli._list = lambda _: [print('x' * 100, flush=True) or time.sleep(.01) for _ in range(500)]\n"
        "sys.exit(cli.main(['list']))"
    )
    process = python(code)
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(20) == cli.NO_READER


def test_a_terminal_without_unicode_gets_question_marks_and_no_error():
    code = "from course import cli; cli._prepare(False); cli._print('✓ Zoë')"
    out, err = python(code, PYTHONIOENCODING="ascii").communicate(timeout=20)
    assert (out, err) == (b"? Zo?\n", b"")


def test_help_is_quick_because_it_imports_nothing_heavy():
    code = (
        "import sys; from course import cli\n"
        "try: cli.main(['grade', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'matplotlib', 'nbgrader', 'nbformat', 'rich', 'zmq'}\n"
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))"
    )
    assert python(code).communicate(timeout=20)[1] == b""


def test_the_module_is_the_command():
    command = [sys.executable, "-m", "course", "grade", "--jobs"]
    done = subprocess.run(command, capture_output=True, cwd=CHECKOUT, timeout=20)
    assert done.returncode == 2
    assert done.stderr.startswith(b"usage: course grade")


def test_doctor_finds_points_that_disagree(course, run, monkeypatch):
    monkeypatch.setattr("course.doctor._packages", lambda: "packages")
    monkeypatch.setattr("course.doctor._kernel", lambda lab: "kernel")
    status, out, _ = run("doctor")
    assert status == 0
    assert "✗" not in out
    assert f"✓ lab {NAME}: 5 tasks, 8 points" in out

    notebook = nbformat.read(course.notebooks / NAME / f"{NAME}.ipynb", as_version=4)
    next(c for c in notebook.cells if is_check_cell(c)).metadata.nbgrader["points"] = 2.0
    nbformat.write(notebook, course.notebooks / NAME / f"{NAME}.ipynb")
    status, out, _ = run("doctor")
    assert status == 1
    assert (
        "✗ lab 01-toy-gmm: sample_data has 2 points in the notebook, but its checks have 1" in out
    )
    assert "Fix: change the points" in out


def test_doctor_notices_another_version_of_a_package(run, monkeypatch):
    monkeypatch.setattr("course.doctor._kernel", lambda lab: "kernel")
    real = cli.sys.modules["importlib.metadata"].version

    def version(name):
        return "1.0.0" if name == "numpy" else real(name)

    monkeypatch.setattr("importlib.metadata.version", version)
    status, out, _ = run("doctor")
    assert status == 1
    assert "✗ packages differ from requirements.lock" in out


def test_doctor_starts_a_grading_kernel(course):
    from course.doctor import _kernel

    assert _kernel(Lab(course, NAME)) == "a grading kernel starts and answers"


def test_the_demos_class_is_what_it_says(course, tmp_path):
    """Grading it takes a while and is what `make demo` does; its hand-ins are looked at here."""
    lab = Lab(course, NAME)
    inbox = demo.hand_in(lab, tmp_path / "in")
    texts = {p.parent.name: p.read_text(encoding="utf-8") for p in inbox.glob("*/*.ipynb")}
    assert len(texts) == 8
    with pytest.raises(ValueError, match="line"):
        json.loads(texts.pop("student-07-cut-off"))
    for name, text in texts.items():
        notebook = json.loads(text)
        ids = [(c["metadata"].get("nbgrader") or {}).get("grade_id") for c in notebook["cells"]]
        copied = {i for i in ids if i and ids.count(i) > 1}
        assert bool(copied) == (name == "student-08-copied-a-check")
        assert ("Write your answer here" in text) == (name == "student-05-nothing-yet")
        assert ("os._exit" in text) == (name == "student-06-ends-python")
    right = reference(lab)
    for student, mistake in demo.MISTAKES.items():
        [(task, answer)] = read_answers(demo.ZOO / "wrong" / f"{mistake}.py").items()
        assert answer != right[task]
        cells = json.loads(texts[student])["cells"]
        assert answer in ["".join(c["source"]) for c in cells]


def test_the_demo_says_that_it_needs_a_checkout(run, monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "ZOO", tmp_path / "nowhere")
    status, _, err = run("demo")
    assert status == 1
    assert "checkout" in err
    assert is_one_line(err)
