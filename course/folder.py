"""A course folder: where labs, submissions, grades and feedback lie, for our commands and nbgrader alike."""

import os
from dataclasses import dataclass
from pathlib import Path

CONFIG = "nbgrader_config.py"
# What stands in a student's notebook in place of a solution.
PLACEHOLDERS = {
    "code_stub": {
        "python": 'raise NotImplementedError("Write your answer here, then delete this line.")'
    },
    "text_stub": "*Write your answer here.*",
}


class CourseError(Exception):
    """Something an instructor can mend; the message says what happened, to which file, and what to do."""


@dataclass(frozen=True)
class CourseFolder:
    """The folder that holds `nbgrader_config.py`, `notebooks/` and everything that is made under `build/`."""

    root: Path

    @classmethod
    def find(cls, start=None):
        """The course folder named by COURSE_ROOT, or the one that `start` (the current folder) lies in.

        Raises
        ------
        CourseError
            If neither names a course folder.
        """
        named = os.environ.get("COURSE_ROOT")
        places = [Path(named)] if named else [p := Path(start or Path.cwd()).resolve(), *p.parents]
        for place in places:
            if (place / CONFIG).is_file():
                return cls(place.resolve())
        raise CourseError(
            f"There is no course here: {places[0]} holds no {CONFIG}. Go to the course's folder, or name it"
            " in the variable COURSE_ROOT."
        )

    @property
    def notebooks(self):
        """The instructor's versions of the labs."""
        return self.root / "notebooks"

    @property
    def build(self):
        """Everything that is made; it may be deleted, except for the gradebook and what was handed in."""
        return self.root / "build"

    def step(self, name, student="", lab=""):
        """The folder of one of nbgrader's steps: release, submitted, autograded or feedback."""
        return self.build / name / student / lab

    @property
    def gradebook_url(self):
        """SQLAlchemy's address of nbgrader's gradebook."""
        return f"sqlite:///{self.build / 'gradebook.db'}"

    def results(self, lab):
        """One JSON file for every graded submission of a lab."""
        return self.build / "results" / lab

    def students(self, lab):
        """The names of those who handed in the lab, sorted."""
        return sorted(p.parent.name for p in self.step("submitted").glob(f"*/{lab}") if p.is_dir())

    def submission(self, student, lab):
        """The notebook that a student handed in."""
        return self.step("submitted", student, lab) / f"{lab}.ipynb"


def configure(c, root):
    """Set up nbgrader for a course folder: its paths, and grading with the judge outside the kernel.

    Parameters
    ----------
    c : traitlets.config.Config
        The object `get_config()` gives in `nbgrader_config.py`.
    root : path
        The course folder.
    """
    folder = CourseFolder(Path(root).resolve())
    folder.build.mkdir(parents=True, exist_ok=True)
    c.CourseDirectory.root = str(folder.root)
    c.CourseDirectory.source_directory = "notebooks"
    c.CourseDirectory.directory_structure = "{nbgrader_step}/{student_id}/{assignment_id}"
    for step in ("release", "submitted", "autograded", "feedback"):
        setattr(c.CourseDirectory, f"{step}_directory", f"build/{step}")
    c.CourseDirectory.db_url = folder.gradebook_url
    c.ClearSolutions.update(PLACEHOLDERS)
    c.GenerateAssignment.preprocessors.append("course.preprocessors.GiveEnvironment")
    c.ExchangeFactory.collect = "course.hub.exchange.Collect"
    c.ExchangeFactory.release_feedback = "course.hub.exchange.ReleaseFeedback"
    c.Autograde.exporter_class = "course.preprocessors.SubmissionExporter"
    c.Autograde.sanitize_preprocessors = ["course.preprocessors.RebuildFromMaster"]
    c.Autograde.autograde_preprocessors = [
        "course.preprocessors.TrustedExecute",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    return folder
