"""A small class for tests: a course folder of its own, hand-ins whose fate is known, and nbgrader's commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from course.answers import fill, read_answers, reference
from course.folder import CourseFolder
from course.lab import Lab
from course.programs import find_programs

ROOT = Path(__file__).resolve().parents[1]
LAB = "01-toy-gmm"
SEED = 20261121
WRONG = ROOT / f"tests/submissions/{LAB}/wrong/bic-no-weights.py"
CONFIG = f"""from pathlib import Path

from course.folder import configure

c = get_config()
configure(c, Path(__file__).parent)
c.TrustedExecute.seed = {SEED}
c.LateSubmissionPlugin.penalty_method = "zero"
"""


def new_course(root):
    """Lab 01 in a new course folder, whose late hand-ins count nothing."""
    shutil.copytree(ROOT / "notebooks" / LAB, root / "notebooks" / LAB)
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    (root / "build").mkdir()
    return Lab(CourseFolder(root), LAB)


def answered(lab, **changes):
    """The text of a notebook with the reference answers, but for some changes, by `grade_id`."""
    return nbformat.writes(fill(lab, {**reference(lab), **changes}))


def quick(lab, **changes):
    """Like `answered`, without the figures and the tasks that take seconds to run or to grade."""
    slow = {"fit_mog", "select_n_clusters"} | {name for name in lab.manual if name.endswith("-fig")}
    answers = {k: v for k, v in reference(lab).items() if k not in slow}
    return nbformat.writes(fill(lab, {**answers, **changes}))


def wrong(lab, **changes):
    """The text of a notebook whose mog_bic forgets the weights."""
    return quick(lab, **read_answers(WRONG), **changes)


def hand_in(lab, student, text):
    """Put a file where `course collect` and nbgrader's collect put it; returns its path."""
    path = lab.folder.submission(student, lab.name)
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def variables(place):
    """The environment for nbgrader and Jupyter, with settings of their own in a folder, not the user's."""
    find_programs()
    private = {
        name: str(place / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    kept = {k: v for k, v in os.environ.items() if k != "COURSE_ROOT" and k[:8] != "JUPYTER_"}
    return {**kept, **private}


def nbgrader(lab, *arguments):
    """Run an nbgrader command in the course folder."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=lab.folder.root,
        env=variables(lab.folder.build / "jupyter"),
        capture_output=True,
        text=True,
        timeout=300,
    )


def gradebook(lab):
    """nbgrader's gradebook of the course, to be used in a `with` statement."""
    return Gradebook(lab.folder.gradebook_url)


def scores(lab, student):
    """What the gradebook says of a student: {grade_id: (automatic score, given score, needs a person)}."""
    with gradebook(lab) as book:
        notebook = book.find_submission_notebook(LAB, LAB, student)
        return {
            g.name: (g.auto_score, g.manual_score, bool(g.needs_manual_grade))
            for g in notebook.grades
        }
