"""Taking in what students handed in, in whatever state it is, without ever opening it."""

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from .files import replacing
from .folder import CourseError
from .submission import MAX_FILE

_IGNORED = {"__MACOSX", ".ipynb_checkpoints"}


@dataclass(frozen=True)
class Collected:
    """What became of one student's hand-in."""

    student: str
    path: Path
    state: str = "new"  # new, replaced, unchanged, or left out
    problem: str = ""


def collect(folder, lab, source):
    """Copy submissions of a lab to where grading finds them.

    Parameters
    ----------
    folder : CourseFolder
    lab : str
        The lab's name.
    source : path
        A folder of `<student>/<lab>.ipynb`, `<student>.ipynb`, or `<student>/` with any single notebook;
        or one notebook, which belongs to the student it is named after (or its folder, if it is
        named after the lab).

    Returns
    -------
    list of Collected
        One for every student, sorted; those left out carry the reason and what to do.

    Raises
    ------
    CourseError
        If nothing is there to be collected.
    """
    source = Path(source).absolute()
    if not source.exists():
        raise CourseError(
            f"There is nothing at {source}. Give the folder that holds the notebooks."
        )
    if source.is_file() and source.suffix.lower() != ".ipynb":
        raise CourseError(f"{source} is no notebook. Unpack archives first, then give the folder.")
    handed_in = {}
    for student, notebooks in _find(source, lab):
        handed_in.setdefault(student, []).extend(notebooks)
    if not handed_in:
        raise CourseError(
            f"{source} holds no notebooks. Expected: <student>/{lab}.ipynb or <student>.ipynb."
        )
    return [_take(folder, lab, name, handed_in[name]) for name in sorted(handed_in)]


def _find(source, lab):
    """Pairs of a student and the notebooks that may be the hand-in."""
    if not source.is_dir():
        yield _student_of(source, lab), [source]
        return
    for entry in sorted(source.iterdir()):
        if entry.name.startswith(".") or entry.name in _IGNORED:
            continue
        if entry.suffix.lower() == ".ipynb" and not entry.is_dir():
            yield _student_of(entry, lab), [entry]
        elif entry.is_symlink():
            yield _name(entry.name), [entry]
        elif entry.is_dir():
            yield _name(entry.name), _notebooks(entry, lab)


def _student_of(path, lab):
    return _name(path.parent.name if path.stem == lab else path.stem)


def _name(text):
    # The same name may be composed or decomposed, depending on the system that packed it.
    return unicodedata.normalize("NFC", text).strip()


def _notebooks(folder, lab):
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _IGNORED]
        found += [Path(place, f) for f in files if f.lower().endswith(".ipynb") and f[0] != "."]
    named = [path for path in found if path.name == f"{lab}.ipynb"]
    return sorted(named or found)


def _take(folder, lab, student, notebooks):
    path = notebooks[0] if notebooks else None
    problem = _problem(lab, student, notebooks)
    if problem:
        return Collected(student, path, "left out", problem)
    target = folder.submission(student, lab)
    content = path.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return Collected(student, path, "unchanged")
    state = "replaced" if target.exists() else "new"
    # The whole folder is replaced: a hand-in is one notebook, and nothing else that came with it.
    with replacing(target.parent, near=folder.build) as new:
        (new / target.name).write_bytes(content)
    return Collected(student, path, state)


def _problem(lab, student, notebooks):
    """Why a hand-in cannot be taken, and what to do; empty if it can."""
    if not student or "/" in student or "\\" in student:
        return "Its name cannot be a student's name: rename the file."
    if not notebooks:
        return f"There is no notebook in this folder: ask for {lab}.ipynb, or write it there."
    if len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks[:4])
        return f"There are {len(notebooks)} notebooks ({names}): keep the one that counts."
    path = notebooks[0]
    if path.is_symlink():
        return f"{path.name} is a link, which may lead to somebody else's work: put the file in its place."
    if not path.is_file():
        return f"{path.name} is not a file: ask for a new hand-in."
    if path.stat().st_size > MAX_FILE:
        return f"{path.name} is larger than {MAX_FILE // 2**20} MiB: ask for one without outputs."
    if not os.access(path, os.R_OK):
        return f"{path.name} may not be read: change its permissions."
    return ""
