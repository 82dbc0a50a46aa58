"""Points for the platforms: a file that ILIAS, Moodle or Canvas imports.

Canvas (`lib/gradebook_importer.rb`)
    The gradebook as CSV: Student, ID, SIS User ID, SIS Login ID, Section, one column for the assignment,
    `Title (number)`, and a second row with the points possible. The ID decides whose line it is.
Moodle (`mod/assign/feedback/offline/importgradeslib.php`)
    The grading worksheet: it needs Identifier (`Participant 123`), Grade and Last modified (grade), in
    the site's language. A worksheet from Moodle itself, given as the roster, is filled in as it is.
ILIAS
    ILIAS itself imports no marks of exercises; the status file does, where it is installed (StudOn, and
    the plug-in ExerciseStatusFile): update, usr_id, login, lastname, firstname, status, mark, … or, for
    teams, update, team_id, logins, status, mark, …, in this order.

Points have two decimals at most, halves rounded up; all files are UTF-8 without a byte order mark, with
commas. Text that a spreadsheet would take for a formula begins with an apostrophe.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from .downloads import NAMES
from .files import write_text
from .folder import CourseError
from .records import QUARANTINED, gradebook_submissions, load_records
from .register import Register
from .roster import Roster, find_columns, roster_of
from .tables import csv_text, read_table, rounded

MEMBERS = (
    "update", "usr_id", "login", "lastname", "firstname", "status", "mark", "notice", "comment",
    "plagiarism", "plag_comment",
)  # fmt: skip
TEAMS = (
    "update", "team_id", "logins", "status", "mark", "notice", "comment", "plagiarism", "plag_comment",
)  # fmt: skip
WORKSHEET = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip
_GRADE = ("grade", "bewertung")  # Moodle's column in English and German
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


@dataclass
class Exported:
    """What went into the file, and who is not in it and why."""

    path: Path
    points: dict = field(default_factory=dict)  # what stands there, by student
    left_out: dict = field(default_factory=dict)  # the reason, by student


@dataclass(frozen=True)
class Result:
    """One student's points and what the platform knows of them."""

    student: str
    points: float
    name: str = ""
    login: str = ""
    number: str = ""
    email: str = ""
    team: str = ""


def export(lab, platform, path, roster=None, automatic=False, column="", pass_mark=None):
    """Write the points of a lab in the form that a platform imports.

    Parameters
    ----------
    lab : Lab
    platform : {"ilias", "moodle", "canvas"}
    path : path
        The CSV file.
    roster : path, optional
        The platform's own list of the class: Canvas's gradebook or Moodle's grading worksheet, whose
        lines are then kept as they are, or any list with numbers or logins.
    automatic : bool, optional
        Only the points of the checks; by default with those that people gave, and only for who has both.
    column : str, optional
        Canvas's heading for the assignment, such as `Lab 1 (4711)`.
    pass_mark : float, optional
        Points from which ILIAS shall say "passed", and below which "failed"; by default neither.

    Returns
    -------
    Exported
        Points are automatic plus manual points, less what nbgrader takes off for lateness.

    Raises
    ------
    CourseError
        If there are no results, or nobody of them is known to the platform.
    """
    done = Exported(Path(path))
    listed, table = Roster(), None
    if roster:
        table = Path(roster), *read_table(Path(roster))
        listed = roster_of(*table[1:3], roster)
    results = list(_results(lab, listed, automatic, done.left_out))
    max_points = lab.max_score + (0 if automatic else sum(lab.manual.values()))
    write = {
        "canvas": lambda: _canvas(done, results, table, column or _title(lab), max_points),
        "moodle": lambda: _moodle(done, results, table, max_points),
        "ilias": lambda: _ilias(done, results, pass_mark),
    }[platform]
    text = write()
    if not done.points:
        raise CourseError(
            f"There is nothing to be exported for {NAMES[platform]}. {_reasons(done.left_out)}"
        )
    write_text(done.path, text)
    return done


def _reasons(left_out):
    """Every reason once, with the students it holds for."""
    students = {}
    for student, why in left_out.items():
        students.setdefault(why, []).append(student)
    return " ".join(
        f"{why} ({', '.join(who[:3])}{' …' if len(who) > 3 else ''})"
        for why, who in students.items()
    )


def _results(lab, roster, automatic, left_out):
    entries = Register(lab.folder, lab.name).entries
    penalties = {} if automatic else _penalties(lab)
    for record in load_records(lab):
        student = record["student"]
        if record["status"] == QUARANTINED:
            left_out[student] = "Quarantined: look at it, then grade it again."
        elif record["manual"] is None and not automatic:
            left_out[student] = (
                "Not all answers are marked: `make formgrader`, or export --automatic."
            )
        else:
            points = record["score"] + (0 if automatic else record["manual"])
            points = max(0.0, points - penalties.get(student, 0.0))
            entry = entries.get(student, {})
            known = roster.students.get(student)
            own = {
                word: entry.get(word) or getattr(known, word, "") or ""
                for word in ("name", "number", "email", "team")
            }
            login = entry.get("login") or (known.student if known else "")
            yield Result(student, points, login=login, **own)


def _penalties(lab):
    """What nbgrader takes off for lateness, by student."""
    with gradebook_submissions(lab) as submissions:
        return {s.student.id: s.late_submission_penalty or 0.0 for s in submissions}


def _title(lab):
    return lab.about.get("title") or lab.name


def _canvas(done, results, table, column, max_points):
    if table and _column(table[1], "section") is not None:
        return _filled_gradebook(done, results, table, column)
    rows = [["    Points Possible", "", "", "", "", rounded(max_points)]]
    for result in results:
        if not result.number:
            done.left_out[result.student] = (
                "No Canvas number is known: give Canvas's gradebook with --roster."
            )
            continue
        done.points[result.student] = rounded(result.points)
        rows.append(
            [result.name or result.student, result.number, "", "", "", rounded(result.points)]
        )
    return csv_text([*_CANVAS, column], rows)


def _filled_gradebook(done, results, table, column):
    """Canvas's own gradebook: the students' columns as they are, and the assignment's."""
    path, heads, rows, _ = table
    last = _column(heads, "section")
    titles = heads[last + 1 :]
    fitting = [t for t in titles if t == column] or [
        t for t in titles if re.fullmatch(re.escape(column) + r" \(\d+\)", t)
    ]
    if not fitting:
        known = ", ".join(t for t in titles if re.search(r"\(\d+\)$", t)) or "none"
        raise CourseError(
            f"{path} has no assignment {column!r}. Name one of its columns with --column: {known}."
        )
    at = heads.index(fitting[0])
    numbers = find_columns(heads).get("number", 1)
    lines = {row[numbers]: row for row in rows if row[numbers]}
    kept = [[*row[: last + 1], row[at]] for row in rows if "points possible" in row[0].lower()]
    for row in kept:
        row[0] = f"    {row[0]}"
    kept += _filled(done, results, lines, "number", path, lambda row, p: [*row[: last + 1], p])
    return csv_text([*heads[: last + 1], heads[at]], kept)


def _filled(done, results, lines, key, path, change):
    """Lines of a platform's own list with our points in them, for those who have points."""
    for result in results:
        row = lines.get(getattr(result, key))
        if row is None:
            done.left_out[result.student] = f"{path.name} has no line with this student's number."
            continue
        done.points[result.student] = rounded(result.points)
        yield change([cell.removeprefix("'") for cell in row], rounded(result.points))


def _moodle(done, results, table, max_points):
    grades = table and next(
        (i for name in _GRADE if (i := _column(table[1], name)) is not None), None
    )
    if table and grades is not None:
        path, heads, rows, delimiter = table
        numbers = find_columns(heads).get("number", 0)
        lines = {re.sub(r"^.*\D", "", row[numbers]): row for row in rows}
        filled = _filled(
            done, results, lines, "number", path, lambda r, p: [*r[:grades], p, *r[grades + 1 :]]
        )
        return csv_text(heads, list(filled), delimiter)
    rows = []
    for r in results:
        if not r.number:
            done.left_out[r.student] = (
                "No Moodle number is known: give the grading worksheet with --roster."
            )
            continue
        done.points[r.student] = rounded(r.points)
        rows.append(
            [f"Participant {r.number}", r.name, r.email, "", rounded(r.points), rounded(max_points), "Yes",
             "-", "-", ""]
        )  # fmt: skip
    return csv_text(WORKSHEET, rows)


def _ilias(done, results, pass_mark):
    if any(re.fullmatch(r"Team \d+", r.team) for r in results):
        return _ilias_teams(done, results, pass_mark)
    rows = []
    for r in results:
        if not r.number:
            done.left_out[r.student] = (
                "No ILIAS number (usr_id) is known: give a list with usr_id and login with --roster."
            )
            continue
        last, _, first = r.name.partition(", ")
        done.points[r.student] = rounded(r.points)
        rows.append(
            [
                1,
                r.number,
                r.login,
                last,
                first,
                _status(r, pass_mark),
                rounded(r.points),
                "",
                "",
                "",
                "",
            ]
        )
    return csv_text(MEMBERS, rows)


def _ilias_teams(done, results, pass_mark):
    """One line for each team, which has one mark."""
    teams = {}
    for r in results:
        if r.team:
            teams.setdefault(r.team, []).append(r)
        else:
            done.left_out[r.student] = (
                "Belongs to no team, and ILIAS marks teams here: mark it there."
            )
    rows = []
    for team, members in teams.items():
        if len({rounded(r.points) for r in members}) > 1:
            why = f"{team} has members with different points, and ILIAS takes one mark: mark it there."
            done.left_out |= {r.student: why for r in members}
            continue
        first = members[0]
        done.points |= {r.student: rounded(r.points) for r in members}
        logins = ", ".join(r.login or r.student for r in members)
        rows.append(
            [
                1,
                team.split()[-1],
                logins,
                _status(first, pass_mark),
                rounded(first.points),
                "",
                "",
                "",
                "",
            ]
        )
    return csv_text(TEAMS, rows)


def _status(result, pass_mark):
    if pass_mark is None:
        return "notgraded"
    return "passed" if result.points >= pass_mark else "failed"


def _column(heads, name):
    return next((i for i, head in enumerate(heads) if head.lower() == name), None)
