"""Feedback pages and class reports: complete, readable without colours, and harmless."""

import base64
import csv
import io
import itertools
import json
from html.parser import HTMLParser

import nbformat
import pytest
from nbgrader.api import Gradebook

from course import feedback
from course.demo import make_course
from course.feedback import cell_names, feedback_page, write_feedback
from course.folder import CourseError
from course.gradebook import register
from course.lab import Lab, grade_id, is_answer_cell
from course.records import first_problem, load_records
from course.report import ClassReport

NAME = "01-toy-gmm"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
# nbgrader's own queries warn when a submission is made; that is no business of these tests.
QUIETLY = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
UNANSWERED = "fit_mog is not answered yet."


@pytest.fixture
def lab(tmp_path):
    """Lab 01 in a course folder of its own."""
    return Lab(make_course(tmp_path), NAME)


def checked(name, message="", hidden=False, title="A *title* with `code`", blames=()):
    points = 0.0 if message else 0.5
    return {
        "name": name,
        "title": title,
        "points": points,
        "max_points": 0.5,
        "passed": not message,
        "message": message,
        "hidden": hidden,
        "answered": message != UNANSWERED,
        "blames": list(blames),
    }


def keep(lab, student, **tasks):
    """Write a record as `course grade` does; a task without checks means a quarantined submission."""
    records = [
        {
            "task": task,
            "score": sum(c["points"] for c in checks),
            "max_score": 0.5 * len(checks),
            "checks": checks,
        }
        for task, checks in tasks.items()
    ]
    record = {
        "lab": NAME,
        "student": student,
        "score": sum(t["score"] for t in records) if records else None,
        "max_score": 8.0,
        "manual": None,
        "max_manual": 5.0,
        "status": "needs-manual" if records else "quarantined",
        "problems": [] if records else ["The file is empty. Ask for it again."],
        "seconds": 1.0,
        "seed": 1,
        "tasks": records,
    }
    path = lab.folder.results(NAME) / f"{student}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")
    return record


def keep_notebook(lab, student, outputs, source="x = 1"):
    """Put outputs into the first answer cell of a graded notebook."""
    notebook = nbformat.from_dict(lab.released)
    cell = next(c for c in notebook.cells if is_answer_cell(c))
    cell.source, cell.outputs = source, outputs
    path = lab.folder.step("autograded", student, NAME) / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def show(data):
    return nbformat.v4.new_output("display_data", data)


def page_of(lab, student):
    return feedback_page(lab, next(r for r in load_records(lab) if r["student"] == student))


class Page(HTMLParser):
    """What a browser, or a screen reader, would make of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open, self.at_risk = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all(self, *names):
        return [(tag, attributes) for tag, attributes in self.tags if tag in names]


def test_a_page_says_what_went_wrong_in_words(lab):
    keep(
        lab,
        "ada",
        sample_data=[checked("shape")],
        fit_mog=[checked("mean"), checked("spread", "S is too large: by N − 1?", hidden=True)],
    )
    page = Page(page_of(lab, "ada"))
    assert page.text.index("Checks: 1 of 8 points") < page.text.index("What the checks found")
    assert "1 of 2 checks failed" in page.text
    assert "✗ failed S is too large: by N − 1?" in page.text
    assert "✓ passed" in page.text
    assert "(further)" in page.text
    assert ("code", {}) in page.tags
    assert not page.open


def test_a_page_works_offline_and_without_scripts(lab):
    keep(lab, "ada", sample_data=[checked("shape")])
    keep_notebook(lab, "ada", [show({"image/png": PNG})])
    text = page_of(lab, "ada")
    page = Page(text)
    assert not page.all("script", "link", "iframe", "object", "embed", "base", "form")
    sources = [a.get("src") or a.get("href") for _, a in page.all("img", "a")]
    assert any(s.startswith("data:image/png;base64,") for s in sources)
    assert all(s.startswith(("data:image/png;base64,", "#")) for s in sources)
    assert "url(" not in text
    assert "@import" not in text
    targets = {a["id"] for _, a in page.tags if "id" in a}
    assert {s[1:] for s in sources if s.startswith("#")} <= targets


def test_a_page_can_be_read_by_ear(lab):
    keep(lab, "ada", sample_data=[checked("shape")], fit_mog=[checked("mean", "No.")])
    keep_notebook(lab, "ada", [show({"image/png": PNG})])
    page = Page(page_of(lab, "ada"))
    levels = [int(tag[1]) for tag, _ in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert all(a.get("scope") in ("col", "row") for _, a in page.all("th"))
    assert all(a["alt"] for _, a in page.all("img"))
    assert page.all("html") == [("html", {"lang": "en"})]


@pytest.mark.parametrize(
    "output",
    [
        nbformat.v4.new_output("stream", text=EVIL),
        nbformat.v4.new_output("error", ename="E", evalue=EVIL, traceback=[EVIL]),
        show({"text/html": EVIL, "text/plain": EVIL}),
        show({"image/svg+xml": EVIL}),
        show({"application/javascript": "alert(1)"}),
        show({"image/png": f'"{EVIL}'}),
        show({"image/png": base64.b64encode(EVIL.encode()).decode()}),
    ],
    ids=["stream", "error", "html", "svg", "javascript", "not base64", "not a picture"],
)
def test_nothing_a_student_writes_becomes_markup(lab, output):
    keep(lab, "ada", sample_data=[checked("shape", EVIL + "`<b>`", title=EVIL)])
    keep_notebook(lab, "ada", [output], source=EVIL)
    page = Page(page_of(lab, "ada"))
    assert not page.all("script", "img", "b", "svg")
    assert "<script>alert(1)</script>" in page.text


def test_text_loses_terminal_codes_and_is_cut_to_size(lab):
    keep(lab, "ada", sample_data=[checked("shape")])
    red = nbformat.v4.new_output("stream", text="\x1b[31mred\x1b[0m \x07bell \u202eback")
    endless = nbformat.v4.new_output("stream", text="start" + "x" * 100_000 + "end")
    keep_notebook(lab, "ada", [red, endless])
    text = page_of(lab, "ada")
    assert "red �bell �back" in text
    assert "characters left out" in text
    assert "start" in text
    assert "xend" in text
    assert len(text) < 60_000


def test_a_cell_that_was_added_is_shown_and_given_ones_are_not(lab):
    keep(lab, "ada", sample_data=[checked("shape")])
    keep_notebook(lab, "ada", [])
    path = lab.folder.step("autograded", "ada", NAME) / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("my_own = 'experiment'"))
    nbformat.write(notebook, path)
    text = Page(page_of(lab, "ada")).text
    assert "A cell you added my_own = 'experiment'" in text
    assert "def toy_data" not in text
    assert "run_checks" not in text


def test_a_task_whose_checks_all_say_the_same_says_it_once(lab):
    keep(lab, "ada", fit_mog=[checked(n, "The cell ended Python.") for n in "abc"])
    text = Page(page_of(lab, "ada")).text
    assert text.count("The cell ended Python.") == 1
    assert "All 3 checks failed for the same reason." in text


def test_an_unanswered_task_is_not_a_list_of_failures(lab):
    keep(lab, "ada", fit_mog=[checked(n, UNANSWERED) for n in "abc"])
    text = Page(page_of(lab, "ada")).text
    assert "Not answered yet, so there was nothing to check." in text
    assert "failed" not in text.replace("those that failed come first", "")


def test_a_quarantined_hand_in_gets_a_page_with_the_reason(lab):
    keep(lab, "ada")
    text = Page(page_of(lab, "ada")).text
    assert "could not be graded" in text
    assert "The file is empty." in text
    assert "What to do:" in text
    assert "0 of 8" not in text


def test_pages_go_where_nbgrader_looks_or_where_they_are_wanted(lab, tmp_path):
    name = "Zoë Šťastná-李"
    keep(lab, name, sample_data=[checked("shape")])
    [path] = write_feedback(lab)
    assert path == lab.folder.build / "feedback" / name / NAME / f"{NAME}.html"
    [path] = write_feedback(lab, tmp_path / "pages")
    assert path == tmp_path / "pages" / f"{name}.html"
    assert name in Page(path.read_text(encoding="utf-8")).text


def mark(lab, student, points, comment="", checks=None):
    """Mark a submission in the gradebook, as a person does in Formgrader."""
    with Gradebook(lab.folder.gradebook_url) as gradebook:
        gradebook.add_student(student)
        gradebook.add_submission(NAME, student)
        for name, value in {**points, **(checks or {})}.items():
            grade = gradebook.find_grade(name, NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = value, False
        if comment:
            question = gradebook.find_comment(f"{NAME}-q1", NAME, NAME, student)
            question.manual_comment = comment
        gradebook.db.commit()


@QUIETLY
def test_marks_and_comments_come_from_the_gradebook(lab):
    keep(lab, "ada", fit_mog=[checked("mean", "No.")])
    register(lab)
    mark(lab, "ada", {f"{NAME}-q1": 0.25}, f"Nearly.\n{EVIL}")
    [record] = load_records(lab)
    assert record["marks"][f"{NAME}-q1"]["points"] == 0.25
    assert record["manual"] is None
    assert record["status"] == "needs-manual"
    page = Page(page_of(lab, "ada"))
    assert "Question 1: 0.25 of 0.5 points" in page.text
    assert "Nearly." in page.text
    assert not page.all("script")


@QUIETLY
def test_when_all_is_marked_the_submission_is_graded(lab):
    keep(lab, "ada", fit_mog=[checked("mean", "No.")])
    register(lab)
    mark(lab, "ada", lab.manual, checks={"fit_mog-checks": 3.5})
    [record] = load_records(lab)
    assert (record["manual"], record["status"], record["score"]) == (5.0, "graded", 3.5)
    text = Page(page_of(lab, "ada")).text
    assert "Figures and questions: 5 of 5 points." in text
    assert "Your instructor set these points by hand." in text


def test_every_answer_cell_has_a_name_people_use(lab):
    names = cell_names(lab)
    assert set(names) == {grade_id(c) for c in lab.notebook.cells if is_answer_cell(c)}
    assert names[f"{NAME}-q2"] == "Question 2"
    assert names["fit_mog-fig"] == "Figure of fit_mog"


def test_an_interrupted_page_leaves_the_old_one(lab, monkeypatch):
    keep(lab, "ada", sample_data=[checked("shape")])
    [path] = write_feedback(lab)
    before = path.read_text(encoding="utf-8")
    monkeypatch.setattr(feedback, "feedback_page", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_feedback(lab)
    assert path.read_text(encoding="utf-8") == before


def test_without_results_the_error_says_what_to_run(lab):
    with pytest.raises(CourseError, match="course collect"):
        write_feedback(lab)


def test_a_record_that_cannot_be_read_is_named(lab):
    keep(lab, "ada", sample_data=[checked("shape")])
    (lab.folder.results(NAME) / "bob.json").write_text("{")
    with pytest.raises(CourseError, match=r"bob\.json"):
        load_records(lab)


def test_the_first_problem_names_its_task(lab):
    failed = keep(lab, "ada", sample_data=[checked("a")], fit_mog=[checked("b", "Too large.")])
    assert first_problem(failed) == "fit_mog: Too large."
    named = keep(lab, "bob", fit_mog=[checked("b", "Your fit_mog raised TypeError.")])
    assert first_problem(named) == "Your fit_mog raised TypeError."
    assert first_problem(keep(lab, "carla")).startswith("The file is empty.")
    assert first_problem(keep(lab, "dan", fit_mog=[checked("b")])) == ""


def test_the_report_counts_what_was_misunderstood(lab):
    for student, fit, bic, blames in [
        ("ada", "", "", []),
        ("bob", "N − 1", "wrong", ["fit_mog"]),
        ("carla", "N − 1", "", []),
        ("dan", UNANSWERED, "own mistake", []),
        ("eve", "another", "", []),
    ]:
        keep(lab, student, fit_mog=[checked("s", fit)], mog_bic=[checked("b", bic, blames=blames)])
    keep(lab, "fred")
    report = ClassReport.of(lab)
    first, second = report.checks
    assert (first.task, first.n_failed, first.n_answered, first.n_unanswered) == (
        "fit_mog",
        3,
        4,
        1,
    )
    assert (first.share, first.message) == (0.75, "N − 1")
    assert (second.n_failed, second.n_carried, second.n_answered) == (1, 1, 4)
    assert report.summary.startswith("6 submissions, 5 graded, 1 quarantined; median score 0.5")
    text = Page(report.html()).text
    assert "3 of 4 (75 %)" in text
    assert "1 carried over" in text


def test_a_spreadsheet_takes_no_cell_for_a_formula(lab):
    keep(lab, "=cmd|' C calc'!A0", fit_mog=[checked("s", "ok")])
    keep(lab, "@sum(1)", fit_mog=[checked("s", "ok")])
    keep(lab, "zoë", fit_mog=[checked("s", 'a "quoted", line\nand another')])
    rows = list(csv.reader(io.StringIO(ClassReport.of(lab).csv())))
    assert rows[0][:2] == ["student", "score"]
    assert [row[0] for row in rows[1:]] == ["'=cmd|' C calc'!A0", "'@sum(1)", "zoë"]
    assert rows[3][-1] == 'fit_mog: a "quoted", line\nand another'


def test_the_report_writes_three_files(lab, tmp_path):
    keep(lab, "ada", fit_mog=[checked("s", EVIL)])
    paths = ClassReport.of(lab).write(tmp_path / "out")
    assert [p.name for p in paths] == [f"{NAME}.csv", f"{NAME}-checks.csv", f"{NAME}.html"]
    page = Page(paths[2].read_text(encoding="utf-8"))
    assert not page.all("script", "img")
    assert all(a.get("scope") in ("col", "row") for _, a in page.all("th"))
