"""A made-up class, from release to report, in a temporary course: what `make demo` shows."""

import shutil
import tempfile
import time
from pathlib import Path

import nbformat

from .answers import fill, read_answers, reference
from .collect import collect
from .feedback import write_feedback
from .folder import CONFIG, CourseError, CourseFolder
from .grade import grade_class
from .lab import Lab, grade_id, is_check_cell
from .release import CHECKOUT, release
from .report import ClassReport

LAB = "01-toy-gmm"
ZOO = CHECKOUT / "tests" / "submissions" / LAB
MISTAKES = {
    "student-02-counts-all-weights": "n-parameters-all-weights",
    "student-03-swaps-results": "bic-swapped",
    "student-04-old-means": "fit-old-means",
}
_CONFIG_TEXT = """\
from course.folder import configure

configure(get_config(), {root!r})
"""


def run_demo(say, show_report, progress):
    """Release lab 01, hand in a small class, grade it, write feedback and a report.

    Parameters
    ----------
    say : callable
        Prints one line.
    show_report : callable
        Prints a `ClassReport`.
    progress : callable
        Gives a context for so many submissions, with a function to call after each.

    Raises
    ------
    CourseError
        If this is not a checkout of the course, whose tests hold the submissions.
    """
    if not ZOO.is_dir():
        raise CourseError(
            f"The demo hands in the tests' submissions, and {ZOO} is not there: run it in a checkout."
        )
    start = time.monotonic()
    folder = make_course()
    say(f"A temporary course: {folder.root}")
    lab = Lab(folder, LAB)
    release(lab)
    collected = collect(folder, LAB, hand_in(lab, folder.root / "handed-in"))
    say(f"Grading {len(collected)} submissions, two at a time (about half a minute)")
    with progress(len(collected)) as advance:
        grade_class(lab, jobs=2, trust=True, on_result=advance)
    report = ClassReport.of(lab)
    files = _files(lab, write_feedback(lab), report.write())
    show_report(report)
    say("")
    for what, path in files.items():
        say(f"{what:17} {path}")
    say(f"Done in {time.monotonic() - start:.0f} s.")


def make_course(root=None):
    """Make a course folder that holds a copy of lab 01; by default in a temporary place."""
    root = Path(root or tempfile.mkdtemp(prefix="course-demo-")).resolve()
    root.mkdir(parents=True, exist_ok=True)
    (root / CONFIG).write_text(_CONFIG_TEXT.format(root=str(root)), encoding="utf-8")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(CHECKOUT / "notebooks" / LAB, root / "notebooks" / LAB, ignore=ignored)
    return CourseFolder(root)


def hand_in(lab, downloads):
    """Write the class's notebooks as `<student>/<lab>.ipynb` and return their folder."""
    for student, text in _submissions(lab).items():
        path = downloads / student / f"{lab.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return downloads


def _submissions(lab):
    """What each student hands in, as the text of a file."""
    right = reference(lab)
    perfect = nbformat.writes(fill(lab, right))
    mistaken = {
        student: nbformat.writes(fill(lab, right | read_answers(ZOO / "wrong" / f"{name}.py")))
        for student, name in MISTAKES.items()
    }
    return {
        "student-01-perfect": perfect,
        **mistaken,
        "student-05-nothing-yet": nbformat.writes(lab.released),
        "student-06-ends-python": nbformat.writes(_ending_python(lab, right)),
        "student-07-cut-off": perfect[: len(perfect) // 2],
        "student-08-copied-a-check": nbformat.writes(_with_copied_check(fill(lab, right))),
    }


def _ending_python(lab, answers):
    """One answer leaves Python altogether, the moment its cell runs."""
    ending = "import os\n\nos._exit(1)\n\n\n" + answers["mog_bic"]
    return fill(lab, {**answers, "mog_bic": ending})


def _with_copied_check(notebook):
    """A check cell, copied, and the copy edited: two cells of the same name."""
    index = next(i for i, cell in enumerate(notebook.cells) if is_check_cell(cell))
    copy = nbformat.from_dict(notebook.cells[index])
    copy.id = "copied-check"
    copy.source = f"print('my own test of {grade_id(copy).removesuffix('-checks')}')"
    notebook.cells.insert(index + 1, copy)
    return notebook


def _files(lab, pages, tables):
    """Where everything is; nothing is named that is not there."""
    files = {
        "student's bundle": lab.folder.build / "bundle" / lab.name,
        "a feedback page": pages[1],
        "class table": tables[0],
        "failed checks": tables[1],
        "class report": tables[2],
    }
    for path in files.values():
        if not path.exists():
            raise CourseError(
                f"The demo should have made {path}, but it is not there. Report this."
            )
    return files
