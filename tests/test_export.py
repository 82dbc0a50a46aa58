"""Points go back to the platforms in the form their own importers read, and come out of it unchanged."""

import csv
import io
import json
import re

import platforms
import pytest
from platforms import CLASS, LAB, Member, ilias_folder, notebook, pack

from course.collect import collect
from course.demo import make_course
from course.export import MEMBERS, TEAMS, WORKSHEET, export
from course.folder import CourseError
from course.gradebook import opened
from course.lab import Lab
from course.roster import Roster, Student, find_columns, read_roster
from course.tables import csv_text, harmless, read_table, rounded

POINTS = (7.125, 8.0, 0.0, 3.3)
SHOWN = ("12.13", "13", "5", "8.3")  # with five points given by hand, halves rounded up


@pytest.fixture
def lab(tmp_path):
    """Lab 01 in a course folder of its own."""
    return Lab(make_course(tmp_path / "course"), LAB)


def keep(lab, student, score, manual=5.0, status="graded"):
    """Write a record as `course grade` does."""
    record = {
        "lab": LAB, "student": student, "score": score, "max_score": 8.0, "manual": manual,
        "max_manual": 5.0, "status": status, "problems": [], "tasks": [],
    }  # fmt: skip
    path = lab.folder.results(LAB) / f"{student}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def taught(lab, tmp_path, origin, members=CLASS):
    """A class collected from a platform, with results."""
    collect(
        lab.folder,
        LAB,
        platforms.DOWNLOADS[origin](tmp_path / "in.zip", lambda m: m.login, members),
    )
    for student, points in zip(platforms.STUDENTS[origin], POINTS, strict=True):
        keep(lab, student, points)


def exported(lab, tmp_path, platform, **options):
    """What an export wrote, as bytes, and what it said."""
    done = export(lab, platform, tmp_path / "out.csv", **options)
    return (tmp_path / "out.csv").read_bytes(), done


def canvas_import(raw):
    """Points by user number and heading, as Canvas's `GradebookImporter` reads them."""
    heads, *rows = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
    assert "Student" in heads[0]
    assert "ID" in heads[1]
    n = 5 if re.search(r"SIS\s+User\s+ID", heads[2]) else 3
    assert "Section" in heads[n - 1]
    possible = [row for row in rows if "Points Possible" in row[0]]
    students = [row for row in rows if "Points Possible" not in row[0]]
    return {int(row[1]): row[n] for row in students}, heads[n], possible[0][n]


def moodle_import(raw, participant="Participant ", grade="Grade", changed="Last modified (grade)"):
    """Grades by participant, as Moodle's `assignfeedback_offline_grade_importer` reads them."""
    heads, *rows = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
    assert changed in heads
    identifiers = [row[0][len(participant) :] for row in rows]
    return dict(zip(map(int, identifiers), (row[heads.index(grade)] for row in rows), strict=True))


def ilias_import(raw, titles):
    """Rows by usr_id or team_id as the status file's reader takes them: by position, if marked."""
    heads, *rows = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
    assert not set(titles) - set(heads)
    found = [dict(zip(titles, row, strict=True)) for row in rows]
    assert {row["status"] for row in found} <= {"notgraded", "passed", "failed"}
    return {int(row[titles[1]]): row for row in found if row["update"] == "1"}


def test_canvas_round_trip(lab, tmp_path):
    taught(lab, tmp_path, "canvas")
    raw, done = exported(lab, tmp_path, "canvas", column="Lab 1 (99)")
    points, heading, possible = canvas_import(raw)
    assert points == dict(zip((m.number for m in CLASS), SHOWN, strict=True))
    assert (heading, possible) == ("Lab 1 (99)", "13")
    assert sorted(done.points.values()) == sorted(SHOWN)


def test_moodle_round_trip(lab, tmp_path):
    taught(lab, tmp_path, "moodle")
    raw, _ = exported(lab, tmp_path, "moodle")
    assert moodle_import(raw) == dict(zip((m.number for m in CLASS), SHOWN, strict=True))
    assert raw.decode("utf-8").split("\r\n")[0].split(",") == list(WORKSHEET)
    assert "Zoë Müller" in raw.decode("utf-8")


def test_ilias_round_trip(lab, tmp_path):
    taught(lab, tmp_path, "ilias")
    raw, _ = exported(lab, tmp_path, "ilias", pass_mark=8.3)
    rows = ilias_import(raw, MEMBERS)
    assert [rows[m.number]["mark"] for m in CLASS] == list(SHOWN)
    assert [rows[m.number]["login"] for m in CLASS] == [m.login for m in CLASS]
    assert [rows[m.number]["status"] for m in CLASS] == ["passed", "passed", "failed", "passed"]
    assert (rows[4711]["lastname"], rows[4711]["firstname"]) == ("Mueller", "Zoe")


def test_ilias_marks_teams_as_teams(lab, tmp_path):
    zoe, ada, anna, li = CLASS
    files = {
        f"Team 5/{ilias_folder(zoe)}/{LAB}.ipynb": "a", f"Team 5/{ilias_folder(ada)}/{LAB}.ipynb": "a",
        f"Team 6/{ilias_folder(anna)}/{LAB}.ipynb": "b", f"Team 6/{ilias_folder(li)}/{LAB}.ipynb": "b",
    }  # fmt: skip
    collect(lab.folder, LAB, pack(tmp_path / "t.zip", files))
    for member, points in zip(CLASS, (6.0, 6.0, 7.0, 5.0), strict=True):
        keep(lab, member.login, points)
    raw, done = exported(lab, tmp_path, "ilias")
    rows = ilias_import(raw, TEAMS)
    assert list(rows) == [5]
    assert (rows[5]["logins"], rows[5]["mark"], rows[5]["status"]) == (
        "astastna, zmueller",
        "11",
        "notgraded",
    )
    assert sorted(done.left_out) == ["aobrien", "li"]
    assert "different points" in done.left_out["li"]


def test_canvass_own_gradebook_is_filled_in(lab, tmp_path):
    taught(lab, tmp_path, "canvas")
    sheet = tmp_path / "gradebook.csv"
    sheet.write_text(
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Other (1),Lab 1 (99),Final Score\n"
        "    Points Possible,,,,,3,8,(read only)\n"
        '"Müller, Zoë",4711,S1,zmueller,A,1,,9\n"Student, Test",99,,,A,,,\n',
        encoding="utf-8",
    )
    raw, done = exported(lab, tmp_path, "canvas", roster=sheet, column="Lab 1")
    assert canvas_import(raw) == ({4711: "12.13"}, "Lab 1 (99)", "8")
    assert '"Müller, Zoë",4711,S1,zmueller,A,12.13' in raw.decode("utf-8")
    assert len(done.left_out) == 3
    with pytest.raises(
        CourseError, match=r"Name one of its columns with --column: Other \(1\), Lab 1 \(99\)"
    ):
        exported(lab, tmp_path, "canvas", roster=sheet, column="Lab 2")


def test_moodles_own_worksheet_is_filled_in_whatever_its_language(lab, tmp_path):
    taught(lab, tmp_path, "moodle")
    sheet = tmp_path / "worksheet.csv"
    heads = "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Zuletzt geändert (Bewertung)"
    sheet.write_text(
        f"\ufeff{heads}\nTeilnehmer/in4711,Zoë Müller,z@x.org,Abgegeben,-,100,-\nTeilnehmer/in9,X,x@x.org,,,,-\n",
        encoding="utf-8",
    )
    raw, _ = exported(lab, tmp_path, "moodle", roster=sheet)
    words = ("Teilnehmer/in", "Bewertung", "Zuletzt geändert (Bewertung)")
    assert moodle_import(raw, *words) == {4711: "12.13"}
    assert "Teilnehmer/in4711,Zoë Müller,z@x.org,Abgegeben,12.13,100,-" in raw.decode("utf-8")


@pytest.mark.parametrize("platform", ["canvas", "moodle", "ilias"])
def test_a_class_from_folders_needs_a_list_with_numbers(lab, tmp_path, platform):
    keep(lab, "ada", 6.5)
    with pytest.raises(CourseError, match=r"nothing to be exported.*--roster"):
        exported(lab, tmp_path, platform)
    table = tmp_path / "class.csv"
    table.write_text("id;first_name;last_name;lms_user_id\nada;Ada;Byron;77\n")
    raw, done = exported(lab, tmp_path, platform, roster=table)
    assert done.points == {"ada": "11.5"}
    assert b"77" in raw


def test_who_has_not_all_points_is_left_out_and_named(lab, tmp_path):
    taught(lab, tmp_path, "moodle")
    keep(lab, platforms.STUDENTS["moodle"][0], 5.0, manual=None, status="needs-manual")
    keep(lab, platforms.STUDENTS["moodle"][1], None, manual=None, status="quarantined")
    raw, done = exported(lab, tmp_path, "moodle")
    assert list(moodle_import(raw)) == [4713, 4714]
    assert "Not all answers are marked" in done.left_out["Zoë Müller_4711"]
    assert "Quarantined" in done.left_out["Ada Šťastná_4712"]
    raw, done = exported(lab, tmp_path, "moodle", automatic=True)
    assert moodle_import(raw) == {4711: "5", 4713: "0", 4714: "3.3"}


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_what_nbgrader_takes_off_for_lateness_is_taken_off(lab, tmp_path):
    taught(lab, tmp_path, "moodle")
    student = platforms.STUDENTS["moodle"][1]
    with opened(lab.folder) as book:
        book.add_assignment(LAB)
        book.add_notebook(LAB, LAB)
        for name, points in lab.manual.items():
            book.add_grade_cell(name, LAB, LAB, max_score=points, cell_type="markdown")
        book.add_student(student)
        book.add_submission(LAB, student)
        submitted = book.find_submission_notebook(LAB, LAB, student)
        submitted.late_submission_penalty = 1.5
        for grade in submitted.grades:
            grade.manual_score, grade.needs_manual_grade = 0.5, False
        book.db.commit()
    raw, _ = exported(lab, tmp_path, "moodle")
    assert len(lab.manual) == 7
    assert moodle_import(raw)[4712] == "2"  # half a point for each of seven cells, less 1.5


def test_no_cell_is_a_formula(lab, tmp_path):
    evil = Member("=HYPERLINK(1)", "@SUM", "-cmd", 4799)
    source = pack(
        tmp_path / "a.zip", {f"=1+1_{evil.number}_assignsubmission_file/{LAB}.ipynb": "x"}
    )
    collect(lab.folder, LAB, source)
    keep(lab, f"=1+1_{evil.number}", 5.0)
    for platform in ("moodle", "canvas", "ilias"):
        raw, _ = exported(lab, tmp_path, platform)
        cells = [cell for row in csv.reader(io.StringIO(raw.decode())) for cell in row]
        assert not [cell for cell in cells if re.match(r"\s*[=+@]|-.", cell)]
        assert any("'=1+1" in cell for cell in cells)


@pytest.mark.parametrize(
    ("points", "text"),
    [(4.0, "4"), (7.125, "7.13"), (1.005, "1.01"), (0.1 + 0.2, "0.3"), (2.675, "2.68"), (2.674999, "2.67"),
     (0, "0"), (10.0, "10"), (100, "100"), (8.999, "9")],
)  # fmt: skip
def test_halves_are_rounded_up_in_decimals(points, text):
    assert rounded(points) == text


def test_files_have_no_byte_order_mark_and_quote_what_needs_it(lab, tmp_path):
    taught(lab, tmp_path, "canvas")
    raw, _ = exported(lab, tmp_path, "canvas", column='Lab "one", part 1')
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b',"Lab ""one"", part 1"\r\n' in raw
    assert csv_text(["a;b"], [["c,d"]], ";") == '"a;b"\r\nc,d\r\n'


@pytest.mark.parametrize("cell", ["-", "", None, 3, "a=b", "plain"])
def test_ordinary_cells_stay_as_they_are(cell):
    assert harmless(cell) == ("" if cell is None else cell)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_are_read_in_the_encodings_that_spreadsheets_write(tmp_path, code):
    path = tmp_path / "class.csv"
    path.write_bytes(
        'login;Nachname;Vorname;usr_id\r\nzm;"Müller; B.A.";Zoë;7\r\n\r\n'.encode(code)
    )
    assert read_roster(path).students == {"zm": Student("zm", "Zoë Müller; B.A.", "7")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("colour,shape\nred,round\n", "names no students"),
        ('a,b\n"' + "x" * 20_000, "no CSV"),
    ],
)
def test_a_table_that_is_no_roster_is_named(tmp_path, text, words):
    path = tmp_path / "class.csv"
    path.write_text(text)
    with pytest.raises(CourseError, match=words):
        read_roster(path)
    with pytest.raises(CourseError, match="cannot be read"):
        read_table(tmp_path / "nowhere.csv")


def test_columns_are_known_by_the_platforms_words():
    assert find_columns(["Identifier", "Full name", "Email address"]) == {
        "number": 0,
        "name": 1,
        "email": 2,
    }
    assert find_columns(["Student", "ID", "SIS Login ID", "Section"]) == {
        "name": 0,
        "number": 1,
        "student": 2,
    }
    assert find_columns(["id", "lms_user_id"]) == {"student": 0, "number": 1}


def test_a_name_two_students_share_finds_neither():
    twins = Roster([Student("a1", "Ada B"), Student("a2", "Ada B"), Student("c", "Carl C")])
    names = [Student("", name).name for name in ("Ada B", "carl  c")]
    found = [twins.find(platforms_person(name)) for name in names]
    assert [s and s.student for s in found] == [None, "c"]


def platforms_person(name):
    from course.downloads import Person

    return Person(name)


def test_a_handed_in_notebook_is_what_is_graded(lab, tmp_path):
    text = notebook("x = 1")
    collect(lab.folder, LAB, platforms.ilias(tmp_path / "a.zip", lambda m: text, CLASS[:1]))
    assert lab.folder.submission("zmueller", LAB).read_text() == text
