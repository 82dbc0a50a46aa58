"""How learning platforms name what they let you download: whose file it is, which version, and whether late.

Moodle (`mod/assign/classes/downloader.php`; older: `locallib.php`)
    `Full name_123_assignsubmission_file[_]/…`, or flat `Full name_123_assignsubmission_file_lab.ipynb`;
    123 is the participant's number that the grading worksheet has, too. A group that hands in together:
    `Group name_77_assignsubmission_file`, in older versions `Group name-Full name_123_…` for each member.
Canvas (`lib/content_zipper.rb`)
    `sortablename[_LATE]_123_4567_lab-1.ipynb`: the user's number, the file's number, which grows, and a
    counter of the student's uploads; `anon_ab1Cd_4567_…` in anonymous grading. A group comes under its
    own name with the number of one member.
ILIAS (`ilExSubmission::downloadAllAssignmentFiles`)
    `[Assignment/Submissions/][Team 12/]Lastname_Firstname_login_123/Late Submission - lab (2).ipynb`,
    with (2), (3) … for newer files of one name; on the server and in some exports each file begins with
    the time of its upload, `20261012093000_`.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from .archives import Item

NAMES = {"ilias": "ILIAS", "moodle": "Moodle", "canvas": "Canvas", "folder": "plain folder"}

_MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<rest>.*))?$", re.S
)
_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_late)?_(?P<number>\d+)_(?P<file>\d+)_(?P<rest>.+)$", re.S | re.I
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?P<late>late_)?anon_(?P<number>[A-Za-z0-9]{5})_(?P<file>\d+)_(?P<rest>.+)$", re.S | re.I
)
_ILIAS = re.compile(r"(?P<last>.+?)_(?P<first>.+?)_(?P<login>.+)_(?P<number>\d+)$", re.S)
_ILIAS_TEAM = re.compile(r"Team[ _]?(?P<number>\d+)$", re.I)
_ILIAS_LATE = re.compile(r"(?:Late Submission|Versp(?:ä|ae|a)tete (?:Abgabe|Einreichung)) - ", re.I)
_ILIAS_TIME = re.compile(r"(\d{14})_")
_COPY = re.compile(r"[ _-]*\((\d+)\)$|-(\d+)$")


@dataclass(frozen=True)
class Person:
    """Whoever a download names: usually a student, sometimes a group."""

    name: str
    login: str = ""
    number: str = ""  # the platform's own number of them

    @property
    def student(self):
        """What the student is called here when no roster says better: unique, and easy to recognise."""
        return self.login or "_".join(filter(None, (self.name, self.number)))


@dataclass(frozen=True)
class Piece:
    """One file of a hand-in."""

    item: Item
    person: Person
    title: str  # the file's name, without what the platform added
    team: str = ""
    late: bool = False
    stamp: str = ""  # when it was handed in, if its name says so: 2026-10-12 09:30:00
    order: tuple = (0, 0, 0)  # number or time of upload, and counter: more is newer


def sort_out(items, origin, lab, source):
    """Say of every file of a download whose it is.

    Parameters
    ----------
    items : list of Item
    origin : {"ilias", "moodle", "canvas", "folder"} or None
        None guesses: the platform whose way of naming most of the files follow.
    lab : str
    source : Path
        Where the download lies.

    Returns
    -------
    origin : str
    pieces : list of Piece
    unclaimed : list of Item
        Notebooks, and files that were refused, whose owner their names do not tell. Anything else, such
        as a platform's own lists, is left where it is.
    """
    readings = {
        name: [piece for item in items if (piece := read(item, lab))]
        for name, read in _READERS.items()
        if origin in (None, name)
    }
    if origin is None:
        n_files = sum(item.suffix in (".ipynb", ".zip") for item in items) or len(items)
        fitting = [name for name in readings if 2 * len(readings[name]) > n_files]
        origin = fitting[0] if fitting else "folder"
    if origin == "folder":
        return origin, _plain(_shortened(items, source, lab)), []
    pieces = readings[origin]
    claimed = {piece.item for piece in pieces}
    lost = [item for item in items if item.suffix == ".ipynb" or item.problem]
    return origin, pieces, [item for item in lost if item not in claimed]


def _moodle(item, lab):
    for i, part in enumerate(item.parts):
        if match := _MOODLE.match(part):
            is_file = i == len(item.parts) - 1
            person = Person(_spaced(match["name"]), number=match["number"] or "")
            title = (match["rest"] or part) if is_file else item.name
            return Piece(item, person, title, order=_order(item, title))
    return None


def _canvas(item, lab):
    for i, part in enumerate(item.parts):
        match = _CANVAS_ANONYMOUS.match(part) or _CANVAS.match(part)
        if match:
            is_file = i == len(item.parts) - 1
            person = Person(match.groupdict().get("name", "anon"), number=match["number"])
            title = match["rest"] if is_file else item.name
            order = (int(match["file"]), 0, _copy(title))
            return Piece(item, person, title, late=bool(match["late"]), order=order)
    return None


def _ilias(item, lab):
    for i, part in enumerate(item.parts[:-1]):
        # With more underscores than names have, a match would be searched for among too many splits.
        if part.count("_") < 12 and (match := _ILIAS.match(part)):
            name = f"{match['last']}, {match['first']}"
            person = Person(name, match["login"], match["number"])
            team = _ILIAS_TEAM.match(item.parts[i - 1]) if i else None
            return _ilias_file(item, lab, person, f"Team {team['number']}" if team else "")
    return None


def _ilias_file(item, lab, person, team):
    title, late = item.name, False
    _, dash, rest = title.rpartition(" - ")
    if _ILIAS_LATE.match(title) or (dash and _is_the_labs(rest, lab)):
        # Whatever the platform's language, only lateness is written in front of a file's name.
        title = _ILIAS_LATE.sub("", title, count=1) if _ILIAS_LATE.match(title) else rest
        late = True
    time = _ILIAS_TIME.match(title)
    title = _ILIAS_TIME.sub("", title, count=1)
    stamp = _time(time[1]) if time else None
    order = (stamp.timestamp() if stamp else _order(item, title)[0], 0, _copy(title))
    return Piece(item, person, title, team, late, str(stamp or ""), order)


_READERS = {"moodle": _moodle, "canvas": _canvas, "ilias": _ilias}


def _plain(items):
    """`<student>/…` and `<student>.ipynb`; a notebook named after the lab belongs to its folder."""
    pieces = []
    for item in items:
        if len(item.parts) > 1 or (item.problem and item.suffix != ".ipynb"):
            person = Person(item.parts[0].strip())
        elif item.suffix == ".ipynb":
            person = Person(item.name[: -len(".ipynb")].strip())
        else:
            continue
        pieces.append(Piece(item, person, item.name, order=_order(item, item.name)))
    return pieces


def _shortened(items, source, lab):
    """Items without what says nothing of a student: a folder around all, or the lab as the only name."""
    if not source.is_dir():
        while items and _is_wrapped(items, lab):
            items = [replace(item, parts=item.parts[1:]) for item in items]
    around = source.parent.name if source.suffix.lower() == ".ipynb" else source.stem
    return [
        replace(item, parts=(f"{around}.ipynb",)) if item.parts == (f"{lab}.ipynb",) else item
        for item in items
    ]


def _is_wrapped(items, lab):
    """Whether an archive holds one folder around several hand-ins."""
    inner = {item.parts[1] for item in items if len(item.parts) > 1}
    one = len({item.parts[0] for item in items}) == 1 and all(len(i.parts) > 1 for i in items)
    folders = {item.parts[1] for item in items if len(item.parts) > 2 and item.suffix == ".ipynb"}
    files = [n for n in inner if n.lower().endswith(".ipynb") and not _is_the_labs(n, lab)]
    return one and (len(folders) > 1 or len(files) > 1)


def is_named_after(piece, lab):
    """Whether the file is called as the lab's notebook is, apart from counters of copies."""
    return _is_the_labs(piece.title, lab)


def _is_the_labs(title, lab):
    stem, dot, ending = title.rpartition(".")
    return bool(dot) and ending.lower() == "ipynb" and _COPY.sub("", stem).lower() == lab.lower()


def _copy(title):
    """The counter in `lab (2).ipynb` and `lab-2.ipynb`."""
    match = _COPY.search(title.rpartition(".")[0])
    return int(match[1] or match[2]) if match else 0


def _order(item, title):
    return (item.modified.timestamp() if item.modified else 0, 0, _copy(title))


def _spaced(name):
    return name.replace("_", " ").strip()


def _time(digits):
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S")
    except ValueError:
        return None


def shared_groups(pieces):
    """Groups that older versions of Moodle write in front of each member's name, `Group-Full name_123`.

    Parameters
    ----------
    pieces : list of Piece

    Returns
    -------
    dict
        The group by the person, for those who share both a beginning and the very same notebook.
    """
    found = {}
    for piece in pieces:
        head, dash, _ = piece.person.name.partition("-")
        if dash and piece.item.path and piece.item.suffix == ".ipynb":
            found.setdefault((head, piece.item.path.read_bytes()), set()).add(piece.person)
    counts = Counter()
    groups = {}
    for (head, _), people in found.items():
        if len(people) > 1:
            counts[head] += 1
            groups |= dict.fromkeys(people, head)
    return groups
