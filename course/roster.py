"""Who is in the class: from a list that a platform exports, or from nbgrader's gradebook."""

import contextlib
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from .folder import CourseError
from .tables import read_table

_COLUMNS = {  # our word: the platforms' words, small
    "student": ("student_id", "login", "username", "benutzername", "anmeldename", "sis login id"),
    "number": ("lms_user_id", "usr_id", "user_id", "canvas_user_id", "identifier", "identifikator"),
    "email": ("email", "email address", "e-mail", "e-mail-adresse"),
    "name": ("full name", "vollständiger name", "name", "student"),
    "first": ("first_name", "first name", "firstname", "vorname"),
    "last": ("last_name", "last name", "surname", "lastname", "nachname"),
    "team": ("team", "group", "gruppe", "group_name", "team_id", "submission group"),
}
EXPECTED = (
    "a column `id` or `login` with what the student is called here, and where the platform has a number"
    " for everyone, `lms_user_id`; Moodle's grading worksheet and Canvas's gradebook are understood as"
    " they are"
)


@dataclass(frozen=True)
class Student:
    """One line of a roster."""

    student: str  # what they are called here, and in nbgrader's gradebook
    name: str = ""
    number: str = ""
    email: str = ""
    team: str = ""


class Roster:
    """The students of a class.

    Parameters
    ----------
    students : iterable of Student
    """

    def __init__(self, students=()):
        self.students = {s.student: s for s in students}
        everyone = self.students.values()
        self._by_number = {s.number: s for s in everyone if s.number}
        self._by_login = {_plain(s.student): s for s in everyone}
        self._by_email = {_plain(s.email): s for s in everyone if s.email}
        self._by_name = _unique({s: _plain(s.name) for s in everyone if s.name})
        self._teams = {}
        for s in everyone:
            if s.team:
                self._teams.setdefault(_slug(s.team), []).append(s)

    def __len__(self):
        return len(self.students)

    def find(self, person):
        """The student that a download means, by number, login, address or a name only one of them has."""
        return (
            self._by_number.get(person.number)
            or self._by_login.get(_plain(person.login or person.name))
            or self._by_email.get(_plain(person.login))
            or (self._by_name.get(_plain(person.name)) if not person.number else None)
        )

    def team(self, person):
        """The students of the team that a download's name means; empty if it means no team."""
        # Canvas gives a group the number of one member: the name says whether the member is meant.
        owner = self._by_number.get(person.number)
        if owner and _slug(owner.name) == _slug(person.name):
            return []
        return self._teams.get(_slug(person.name), [])

    def members(self, team):
        """The students of a team by its name, such as `Team 12`, or its number."""
        return self._teams.get(_slug(team)) or self._teams.get(_slug(team.split()[-1]), [])


def read_roster(path):
    """A roster from a CSV file.

    Raises
    ------
    CourseError
        If it cannot be read, or no column says who the students are.
    """
    heads, rows, _ = read_table(Path(path))
    return roster_of(heads, rows, path)


def roster_of(heads, rows, path):
    """A roster from a table that was read from `path`; see `read_roster`."""
    columns = find_columns(heads)
    students = [s for row in rows if (s := _student(row, columns))]
    if not students:
        raise CourseError(f"{path} names no students. Expected: {EXPECTED}.")
    return Roster(students)


def find_columns(heads):
    """Positions of the columns we know, by our word for each."""
    small = [head.lower().strip() for head in heads]
    found = {}
    for word, names in _COLUMNS.items():
        for name in names:
            if name in small:
                found.setdefault(word, small.index(name))
    if "id" in small:
        # nbgrader's list has `id` for the student; Canvas, `ID` for its own number; a German Moodle,
        # `ID` for the participant.
        is_nbgraders = not {"section", "vollständiger name"} & set(small)
        found.setdefault("student" if is_nbgraders else "number", small.index("id"))
    return found


def _student(row, columns):
    cells = {word: row[i].removeprefix("'") for word, i in columns.items()}
    if "points possible" in cells.get("name", "").lower():
        return None
    name = cells.get("name") or f"{cells.get('first', '')} {cells.get('last', '')}".strip()
    # Moodle's worksheet says `Participant 123`, in the site's language.
    number = (re.findall(r"\w+$", cells.get("number", "")) or [""])[0]
    number = re.sub(r"^\D+(?=\d+$)", "", number)
    # As the platform's downloads name them: `Ada Byron_123` in Moodle, `byronada_123` in Canvas.
    shown = _slug(name) if "," in name else name
    student = cells.get("student") or "_".join(filter(None, (shown, number)))
    if not (cells.get("student") or number):
        return None
    return Student(student, name, number, cells.get("email", ""), cells.get("team", ""))


def gradebook_roster(folder):
    """The students that nbgrader's gradebook knows; none while there is no gradebook."""
    path = folder.build / "gradebook.db"
    if not path.is_file():
        return Roster()
    try:
        # Asked directly and read-only: opening it nbgrader's way takes a second.
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as book:
            rows = book.execute("SELECT id, first_name, last_name, email, lms_user_id FROM student")
            return Roster(
                Student(id, f"{first or ''} {last or ''}".strip(), number or "", email or "")
                for id, first, last, email, number in rows
            )
    except sqlite3.Error:
        return Roster()  # `course doctor` and grading say what is wrong with it


def _plain(text):
    return " ".join(text.casefold().split())


def _slug(text):
    return re.sub(r"[\W_]", "", text.casefold())


def _unique(names):
    """Those of {student: name} whose name nobody else has, by the name."""
    counts = {}
    for student, name in names.items():
        counts.setdefault(name, []).append(student)
    return {name: students[0] for name, students in counts.items() if len(students) == 1}
