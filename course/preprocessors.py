"""What we put in the place of nbgrader's own steps: reading, rebuilding and judging a submission.

`nbgrader autograde`, Formgrader's Autograde button and `course grade` all grade through the functions
that these classes call, so there is one way to a score.
"""

import atexit
import contextlib
import functools
import time
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Integer

from .folder import CourseFolder
from .grade import environment_of, grade_rebuilt, quarantined, write_result
from .kernel import Nursery
from .lab import Lab
from .release import write_environment
from .submission import Quarantine, as_notebook, cells_of, read_submission, rebuild

NOTES = "course_problems"


class GiveEnvironment(NbGraderPreprocessor):
    """Put what the notebook imports and reads beside the version that students fetch."""

    def preprocess(self, nb, resources):
        folder = CourseFolder(Path(self.config.CourseDirectory.root))
        lab = Lab(folder, resources["nbgrader"]["assignment"])
        write_environment(folder.step("release", "", lab.name), lab)
        return nb, resources


class SubmissionExporter(NotebookExporter):
    """Reads what was handed in with our tolerant reader, and keeps a record of what cannot be read."""

    def from_filename(self, filename, resources=None, **kwargs):
        folder, names = CourseFolder.find(), resources["nbgrader"]
        path = Path(filename).resolve()
        if not path.is_relative_to(folder.step("submitted")):
            return super().from_filename(filename, resources=resources, **kwargs)
        try:
            notebook = as_notebook(read_submission(filename))
        except Quarantine as reason:
            lab = Lab(folder, names["assignment"])
            write_result(lab, quarantined(lab, names["student"], str(reason)), path)
            raise
        return self.from_notebook_node(notebook, resources=resources, **kwargs)


class RebuildFromMaster(NbGraderPreprocessor):
    """Replace a submission by our released notebook with the student's answers put into it."""

    def preprocess(self, nb, resources):
        lab = Lab(CourseFolder.find(), resources["nbgrader"]["assignment"])
        rebuilt = rebuild(lab, cells_of(nb))
        rebuilt.notebook.metadata[NOTES] = rebuilt.problems
        return rebuilt.notebook, resources


class TrustedExecute(NbGraderPreprocessor):
    """Run the students' cells in a kernel and the checks here; every check cell gets an explicit score."""

    seed = Integer(
        None, allow_none=True, help="Seed of the hidden checks' inputs; drawn anew by default"
    ).tag(config=True)
    trust_submissions = Bool(
        False, help="Whether kernels need not be shut in: only if every submission is trusted"
    ).tag(config=True)

    def preprocess(self, nb, resources):
        start = time.monotonic()
        student = resources["nbgrader"]["student"]
        lab = Lab(CourseFolder.find(), resources["nbgrader"]["assignment"])
        problems = nb.metadata.pop(NOTES, [])
        record = grade_rebuilt(
            lab, nb, problems, _nursery(lab.path, self.trust_submissions), self.seed, student
        )
        record["seconds"] = round(time.monotonic() - start, 2)
        write_result(lab, record, lab.folder.submission(student, lab.name))
        return nbformat.from_dict(nb), resources


@functools.cache
def _nursery(path, trust):
    """One warm interpreter for a lab over all submissions that this process grades."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    lab = Lab(CourseFolder(path.parents[2]), path.stem)
    environment = stack.enter_context(environment_of(lab))
    return stack.enter_context(Nursery(environment, lab.imports, trust=trust))
