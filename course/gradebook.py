"""nbgrader's gradebook: registering labs, writing automatic scores."""

import contextlib
import logging
import re
import warnings

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from .folder import CONFIG, CourseError
from .lab import grade_id
from .programs import find_programs


def settings(folder):
    """What the course's own `nbgrader_config.py` sets."""
    return Config(PyFileConfigLoader(CONFIG, path=str(folder.root)).load_config())


def register(lab):
    """Enter or refresh the lab in nbgrader's gradebook and release folder, by nbgrader's own means.

    Raises
    ------
    CourseError
        If nbgrader refuses, with its reason.
    """
    find_programs()
    config = settings(lab.folder)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    result = api.generate_assignment(lab.name, force=True, create=True)
    if not result["success"]:
        told = f"{result.get('log')}\n{result.get('error')}"
        reasons = re.findall(r"^ *[\w.]+(?:Error|Exception): (.*)", told, re.M) or ["it gave none"]
        raise CourseError(
            f"nbgrader could not take lab {lab.name} into its gradebook; its reason: {reasons[0].strip()}."
            f" Look at {lab.path}, then run `course release {lab.name}` again."
        )


@contextlib.contextmanager
def opened(folder):
    """The gradebook of a course folder, open for the length of a block."""
    folder.build.mkdir(parents=True, exist_ok=True)
    find_programs()
    # nbgrader's models rely on cascades that SQLAlchemy 2 warns of with every new submission.
    warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.api")
    try:
        book = Gradebook(folder.gradebook_url)
    except Exception as error:
        raise CourseError(
            f"The gradebook {folder.build / 'gradebook.db'} cannot be opened ({error}). Is it a file of"
            " nbgrader's, and may you write to it?"
        ) from error
    with book:
        yield book


def is_registered(book, lab):
    """Whether the gradebook knows the lab with all its graded cells and their points."""
    try:
        known = {c.name: c.max_score for c in book.find_notebook(lab.name, lab.name).grade_cells}
    except MissingEntry:
        return False
    wanted = {task.check_cell: task.max_score for task in lab.tasks} | lab.manual
    return known == wanted


def save(book, lab, student, notebook, timestamp=None):
    """Write a graded notebook's automatic scores the way `nbgrader autograde` does.

    Parameters
    ----------
    book : Gradebook
    lab : Lab
    student : str
    notebook : NotebookNode
        Graded: every check cell's output ends with its score.
    timestamp : str, optional
        When it was handed in.
    """
    extra = {"timestamp": timestamp} if timestamp else {}
    with _one_transaction(book):
        book.update_or_create_student(student)
        submission = book.update_or_create_submission(lab.name, student, **extra)
        writer = SaveAutoGrades()
        writer.gradebook, writer.student_id = book, student
        writer.assignment_id = writer.notebook_id = lab.name
        writer.log.setLevel(logging.ERROR)
        for index, cell in enumerate(notebook.cells):
            if grade_id(cell):
                writer.preprocess_cell(cell, {}, index)
    if timestamp and submission.total_seconds_late > 0:
        names = {"student": student, "assignment": lab.name, "notebook": lab.name}
        names["db_url"] = lab.folder.gradebook_url
        AssignLatePenalties(config=settings(lab.folder)).preprocess(notebook, {"nbgrader": names})


@contextlib.contextmanager
def _one_transaction(book):
    """Let nbgrader's many commits be one, at the end: all of a submission is in the gradebook, or nothing."""
    book.db.commit = book.db.flush
    try:
        yield
    except BaseException:
        book.db.rollback()
        raise
    finally:
        del book.db.commit  # that of the class again
    book.db.commit()


def withdraw(book, lab, student):
    """Take a student's scores of a lab back: what was handed in could not be graded."""
    with contextlib.suppress(MissingEntry):
        book.remove_submission(lab.name, student)
