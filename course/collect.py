"""Taking in what students handed in, in whatever state it is, without ever running or trusting it."""

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from .archives import is_other_archive, read_download
from .downloads import NAMES, Person, is_named_after, shared_groups, sort_out
from .files import fingerprint, replacing
from .folder import CourseError
from .register import Register
from .roster import gradebook_roster
from .submission import MAX_FILE

TAKEN = ("new", "replaced", "unchanged", "older")
_GRADE_ID = re.compile(rb'"grade_id"\s*:\s*"([^"\\]{1,200})"')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")


@dataclass(frozen=True)
class Collected:
    """What became of one student's hand-in."""

    student: str
    path: Path | None
    state: str = "new"  # new, replaced, unchanged, older (than what was here), left out, or missing
    problem: str = ""
    note: str = ""  # what else there is to know
    late: bool = False
    version: int = 1
    team: str = ""

    @property
    def is_taken(self):
        """Whether there is something of this student to be graded."""
        return self.state in TAKEN


def collect(folder, lab, source, origin=None, roster=None, say=lambda text: None):
    """Copy submissions of a lab to where grading finds them.

    One notebook of every student is taken: the newest of those named after the lab; failing that, the
    only one that has the lab's cells; failing that, the only one. All else is kept aside, see
    `course.register`. What was collected before is replaced by something newer only. Who hands in as
    a team gets the team's newest notebook, each a copy, which is graded like any other.

    Parameters
    ----------
    folder : CourseFolder
    lab : str
        The lab's name.
    source : path
        A download of ILIAS, Moodle or Canvas, as a zip archive or unpacked; or a folder or archive of
        `<student>/<lab>.ipynb`, `<student>.ipynb`, or `<student>/` with any single notebook; or one
        notebook, which belongs to the student it is named after (or its folder, if it is named
        after the lab).
    origin : {"ilias", "moodle", "canvas", "folder"}, optional
        By default the platform whose way of naming files most of them follow.
    roster : Roster, optional
        Who is in the class; by default those whom nbgrader's gradebook knows.
    say : callable, optional
        Is told in one sentence how the download was read.

    Returns
    -------
    list of Collected
        One for every student, sorted; those left out carry the reason and what to do. Students of the
        roster who handed in nothing, now or before, are "missing".

    Raises
    ------
    CourseError
        If nothing is there to be collected.
    """
    source = Path(source).absolute()
    _check_source(source)
    roster = gradebook_roster(folder) if roster is None else roster
    folder.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder.build) as workshop:
        items = read_download(source, workshop)
        given = origin
        origin, pieces, unclaimed = sort_out(items, given, lab, source)
        if not pieces:
            raise CourseError(
                f"{source} holds no notebooks{_as(given)}. Expected: a download of ILIAS, Moodle or Canvas,"
                f" or <student>/{lab}.ipynb, or <student>.ipynb."
            )
        say(f"Read as a {NAMES[origin]} download{'' if given else '; --from says otherwise'}.")
        intake = _Intake(folder, lab, origin, roster)
        collected = intake.take_all(pieces)
    collected += intake.missing(collected)
    collected += [_nobodys(item, origin) for item in unclaimed]
    return sorted(collected, key=lambda each: each.student)


def _check_source(source):
    if not source.exists():
        raise CourseError(
            f"There is nothing at {source}. Give the folder that holds the notebooks."
        )
    readable = source.suffix.lower() in (".ipynb", ".zip") or is_other_archive(source.name)
    if source.is_file() and not readable:
        raise CourseError(
            f"{source} is no notebook and no zip archive. Give the folder that holds the notebooks."
        )


def _as(origin):
    return f" named as {NAMES[origin]} names them" if origin else ""


def _nobodys(item, origin):
    why = item.problem or (
        f"Whose it is cannot be told, because {NAMES[origin]} names no file like this: put it into a folder"
        " named after the student, and collect that."
    )
    return Collected("/".join(item.parts), item.path, "left out", why)


class _Intake:
    def __init__(self, folder, lab, origin, roster):
        self.folder = folder
        self.lab = lab
        self.origin = origin
        self.roster = roster
        self.register = Register(folder, lab)
        self.cells = _cells_of_labs(folder)
        self.people = {}  # whom the platform means by each student

    def take_all(self, pieces):
        handed_in = self.by_student(pieces)
        alike = _names_alike(handed_in)
        collected = [self.take(s, handed_in[s], alike.get(s.casefold())) for s in sorted(handed_in)]
        self.register.save()
        return collected

    def missing(self, collected):
        """Students of the roster of whom nothing is there, not even from an earlier collection."""
        there = {each.student for each in collected} | set(self.folder.students(self.lab))
        absent = sorted(set(self.roster.students) - there)
        return [Collected(student, None, "missing") for student in absent]

    def by_student(self, pieces):
        """The pieces of every student; those of a team belong to each of its members."""
        groups = shared_groups(pieces) if self.origin == "moodle" else {}
        teams = {}
        for piece in pieces:
            if piece.team:
                teams.setdefault(piece.team, set()).add(self.student_of(piece.person))
        for team, members in teams.items():
            members |= {self.member(s) for s in self.roster.members(team)}
        handed_in = {}
        for piece in pieces:
            piece = replace(piece, team=piece.team or groups.get(piece.person, ""))
            for student, team in self.owners(piece, teams):
                handed_in.setdefault(student, []).append(replace(piece, team=team))
        return handed_in

    def owners(self, piece, teams):
        if piece.team in teams:
            return [(student, piece.team) for student in sorted(teams[piece.team])]
        members = [] if piece.team else self.roster.team(piece.person)
        if members:
            return [(self.member(s), piece.person.name) for s in members]
        return [(self.student_of(piece.person), piece.team)]

    def member(self, listed):
        """A student whom the download does not name, but the roster as one of a team."""
        self.people.setdefault(listed.student, Person(listed.name, "", listed.number))
        return listed.student

    def student_of(self, person):
        known = self.register.name_of(self.origin, person.number)
        found = self.roster.find(person)
        student = known or (found.student if found else person.student)
        self.people[student] = person
        return student

    def take(self, student, pieces, alike):
        problem = "" if all(p.item.problem for p in pieces) else _problem_of_name(student, alike)
        notebook, older, notes = None, [], []
        if not problem:
            notebook, older, problem = self.choose(pieces)
        if problem:
            path = notebook.item.path if notebook else None
            return Collected(student, path, "left out", problem)
        refused = [p.item.problem for p in pieces if p.item.problem]
        notes += [f"Refused: {text}" for text in refused]
        state, note = self.put(student, notebook)
        self.keep_aside(student, pieces, notebook, older)
        self.note(student, notebook, pieces, state)
        versions = self.register.versions(student)
        if older:
            notes.append(
                f"{notebook.title} is the newest of {len(older) + 1}; the others are kept."
            )
        others = sum(p.item.path is not None for p in pieces) - len(older) - 1
        if others:
            notes.append(f"{others} other file{'s' * (others > 1)} kept aside.")
        late = self.register.entries[student]["late"]
        text = " ".join([note, *notes]).strip()
        return Collected(
            student, notebook.item.path, state, "", text, late, versions + 1, notebook.team
        )

    def choose(self, pieces):
        """The notebook to be graded, its older versions, and a problem if there is none.

        Newest first: by the platform's number or time of upload, then by the counter in its name.
        """
        notebooks = [p for p in pieces if p.item.suffix == ".ipynb" and not p.item.problem]
        if not notebooks:
            return None, [], self.why_none(pieces)
        candidates = [p for p in notebooks if is_named_after(p, self.lab)]
        if not candidates:
            candidates = [p for p in notebooks if self.labs_of(p.item.path) == {self.lab}]
        candidates = sorted(candidates or notebooks, key=lambda p: p.order, reverse=True)
        newest, *older = _without_twins(candidates)
        is_clear = (
            is_named_after(newest, self.lab) and newest.order != older[0].order if older else True
        )
        if not is_clear:
            names = ", ".join(p.title for p in candidates[:4])
            told = f"There are {len(candidates)} notebooks ({names}): keep the one that counts."
            return newest, [], told
        return newest, older, self.problem_of(newest)

    def why_none(self, pieces):
        refused = [p.item.problem for p in pieces if p.item.problem]
        if refused:
            return refused[0]
        archives = [p.title for p in pieces if is_other_archive(p.title)]
        if archives:
            return f"{archives[0]} is an archive of a kind that is not opened: unpack it there."
        names = ", ".join(sorted({p.title for p in pieces if p.item.path})[:3])
        held = f", only {names}" if names else ""
        return f"There is no notebook in this folder{held}: ask for {self.lab}.ipynb, or write it there."

    def problem_of(self, piece):
        path = piece.item.path
        if path.stat().st_size > MAX_FILE:
            return f"{piece.title} is larger than {MAX_FILE // 2**20} MiB: ask for one without outputs."
        labs = self.labs_of(path)
        if labs and self.lab not in labs:
            return (
                f"{piece.title} is the notebook of lab {sorted(labs)[0]}: ask for {self.lab}.ipynb."
            )
        return ""

    def labs_of(self, path):
        """The labs whose cells a notebook has; none if it has lost all names of cells."""
        if path.stat().st_size > MAX_FILE or not self.cells:
            return set()
        found = set(_GRADE_ID.findall(path.read_bytes()))
        return {lab for lab, cells in self.cells.items() if cells & found}

    def put(self, student, piece):
        """Put a notebook where grading finds it, unless something newer is there."""
        target = self.folder.submission(student, self.lab)
        entry = self.register.entries.get(student)
        content = piece.item.path.read_bytes()
        if target.is_file() and target.read_bytes() == content:
            return "unchanged", ""
        if target.exists():
            if entry and entry["from"] == self.origin and list(piece.order) < entry["order"]:
                self.register.keep_version(student, piece.item.path)
                return "older", "A newer one was collected before, and stays."
            if target.is_file():
                self.register.keep_version(student, target)
        # The whole folder is replaced: grading sees one notebook, and nothing else that came with it.
        with replacing(target.parent, near=self.folder.build) as new:
            (new / target.name).write_bytes(content)
            if piece.stamp:
                # nbgrader takes off points for lateness by this, where a deadline is set.
                (new / "timestamp.txt").write_text(piece.stamp + "\n", encoding="utf-8")
        return ("replaced" if entry or self.register.versions(student) else "new"), ""

    def keep_aside(self, student, pieces, notebook, older):
        for piece in pieces:
            if piece.item.path and piece in older:
                self.register.keep_version(student, piece.item.path)
            elif piece.item.path and piece is not notebook:
                name = "-".join([*piece.item.parts[1:-1][-2:], piece.title])
                self.register.keep_file(student, piece.item.path, name)

    def note(self, student, notebook, pieces, state):
        if state == "older":
            return
        person = self.people[student]
        self.register.entries[student] = {
            "from": self.origin,
            "name": person.name,
            "login": person.login,
            "number": person.number,
            "team": notebook.team,
            "late": notebook.late,
            "stamp": notebook.stamp,
            "order": list(notebook.order),
            "title": notebook.title,
            "sha256": fingerprint(notebook.item.path),
        }


def _without_twins(candidates):
    """Candidates without those whose content is that of a newer one."""
    seen, kept = set(), []
    for piece in candidates:
        digest = fingerprint(piece.item.path)
        if digest not in seen:
            kept.append(piece)
        seen.add(digest)
    return kept


def _names_alike(students):
    """Names that differ only in case, which some disks take for one: {small name: all of them}."""
    alike = {}
    for student in students:
        alike.setdefault(student.casefold(), []).append(student)
    return {small: sorted(names) for small, names in alike.items() if len(names) > 1}


def _problem_of_name(student, alike):
    if (
        not student.strip(" .")
        or re.search(r'[/\\<>:"|?*\x00-\x1f\x7f]', student)
        or student != student.strip()
        or len(student.encode()) > 150
        or _DEVICES.match(student)
    ):
        return "Its name cannot be a student's name: rename the file."
    if alike:
        return f"The names {' and '.join(alike)} differ only in case: if they are one person, rename one."
    return ""


def _cells_of_labs(folder):
    """The names of the answer and check cells of every lab of the course, as bytes."""
    cells = {
        path.stem: set(_GRADE_ID.findall(path.read_bytes()))
        for path in folder.notebooks.glob("*/*.ipynb")
        if path.stem == path.parent.name
    }
    shared = {
        name for name in set().union(*cells.values()) if sum(name in c for c in cells.values()) > 1
    }
    return {lab: names - shared for lab, names in cells.items()}
