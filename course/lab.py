"""A lab: its notebook, its tasks with their checks and points, and its version for students."""

import functools
import importlib
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbgrader import preprocessors
from traitlets.config import Config

from helpers.checks import checks_of, module_name, visible_checks

from .folder import PLACEHOLDERS, CourseError

DEEP_PACKAGES = ("torch", "safetensors")


@dataclass(frozen=True)
class Task:
    """A graded unit: an answer cell and the checks of it."""

    name: str
    checks: tuple

    @property
    def max_score(self):
        """The task's automatic points."""
        # Points are written in tenths and quarters; their sums should be, too.
        return round(sum(c.points for c in self.checks), 9)

    @property
    def check_cell(self):
        """The `grade_id` of the cell that carries the points."""
        return f"{self.name}-checks"


class Lab:
    """One lab of a course.

    Parameters
    ----------
    folder : CourseFolder
    name : str
        Its folder's name, such as "01-toy-gmm".

    Raises
    ------
    CourseError
        If the course has no such lab or its notebook cannot be read.
    """

    def __init__(self, folder, name):
        self.folder = folder
        self.name = name
        self.path = folder.notebooks / name / f"{name}.ipynb"
        if not self.path.is_file():
            known = ", ".join(lab_names(folder)) or "none yet"
            raise CourseError(f"There is no lab called {name!r}. The labs of this course: {known}.")

    @functools.cached_property
    def notebook(self):
        """The instructor's version."""
        try:
            return nbformat.read(self.path, as_version=4)
        except Exception as error:
            raise CourseError(f"The lab's notebook {self.path} cannot be read: {error}") from error

    @functools.cached_property
    def released(self):
        """The students' version: solutions, marking schemes and outputs taken out, checksums put in."""
        return _released(self.path.read_text(encoding="utf-8"))

    @property
    def about(self):
        """The notebook's own words on itself: title, minutes, data, whether it needs torch."""
        return self.notebook.metadata.get("lab", {})

    @functools.cached_property
    def checks(self):
        """All checks, visible and hidden."""
        return [*visible_checks(self.name), *hidden_checks(self.name)]

    @functools.cached_property
    def tasks(self):
        """The automatically graded tasks in the notebook's order."""
        cells = [grade_id(c) for c in self.notebook.cells if is_check_cell(c)]
        names = [cell.removesuffix("-checks") for cell in cells]
        return [Task(name, tuple(c for c in self.checks if c.task == name)) for name in names]

    @functools.cached_property
    def manual(self):
        """Points of the manually graded cells by `grade_id`."""
        return {
            grade_id(c): float(c.metadata.nbgrader.points)
            for c in self.notebook.cells
            if is_manual_cell(c)
        }

    @property
    def max_score(self):
        """All automatic points."""
        return round(sum(task.max_score for task in self.tasks), 9)

    @property
    def imports(self):
        """Names of the modules that the notebook imports, and of what it imports from them."""
        code = "\n".join(c.source for c in self.released.cells if c.cell_type == "code")
        found = re.findall(r"^(?:import ([\w.]+)|from ([\w.]+) import ([\w, ]+))", code, re.M)
        names = {plain or module for plain, module, _ in found}
        for _, module, imported in found:
            names |= {f"{module}.{name.strip()}" for name in imported.split(",") if module}
        return sorted(names)

    @property
    def missing(self):
        """The packages that a lab with deep networks needs and this Python lacks."""
        needed = DEEP_PACKAGES if self.about.get("deep") else ()
        return [name for name in needed if importlib.util.find_spec(name) is None]

    @property
    def solutions(self):
        """The answer cells' full sources by `grade_id`: the reference answers."""
        return {grade_id(c): c.source for c in self.notebook.cells if is_answer_cell(c)}


def lab_names(folder):
    """The labs of a course folder, in order."""
    return sorted(
        p.parent.name for p in Path(folder.notebooks).glob("*/*.ipynb") if p.stem == p.parent.name
    )


def hidden_checks(lab):
    """The checks of a lab that only graders hold."""
    name = f"course.rubrics.{module_name(lab)}"
    return checks_of(importlib.import_module(name)) if importlib.util.find_spec(name) else []


def marks(cell):
    """A cell's nbgrader metadata, empty where it has none."""
    return cell.metadata.get("nbgrader") or {}


def grade_id(cell):
    """The name nbgrader knows a cell by, or None."""
    return marks(cell).get("grade_id")


def is_check_cell(cell):
    """Whether a cell stands for automatic checks."""
    return bool(
        marks(cell).get("grade") and not marks(cell).get("solution") and cell.cell_type == "code"
    )


def is_answer_cell(cell):
    """Whether students write into the cell."""
    return bool(marks(cell).get("solution"))


def is_manual_cell(cell):
    """Whether a person gives the points of the cell."""
    return bool(marks(cell).get("grade") and marks(cell).get("solution"))


@functools.lru_cache(maxsize=32)
def _released(text):
    config = Config()
    config.ClearSolutions.update(PLACEHOLDERS)
    notebook, resources = nbformat.reads(text, as_version=4), {}
    for step in (
        preprocessors.LockCells,
        preprocessors.ClearSolutions,
        ClearOutputPreprocessor,
        preprocessors.CheckCellMetadata,
        preprocessors.ClearHiddenTests,
        preprocessors.ClearMarkScheme,
        preprocessors.ComputeChecksums,
    ):
        notebook, resources = step(config=config).preprocess(notebook, resources)
    return notebook
