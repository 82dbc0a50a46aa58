"""Answer files: plain Python in percent format, one section for every answer cell.

# %% mog_bic
def mog_bic(x, m, S, p): ...

# %% [markdown] 01-toy-gmm-q1
# All five runs agree.
"""

import re
from pathlib import Path

import nbformat

from .files import write_text
from .folder import CourseError
from .lab import grade_id, is_answer_cell

_MARKER = re.compile(r"#\s*%%\s*(?P<markdown>\[markdown\])?\s*(?P<name>\S.*)?$")
# In text these marks stand in HTML comments, where they are not shown as headings.
_SOLUTION = re.compile(r"^\s*(<!-- )?### (BEGIN|END) SOLUTION( -->)?\s*$")
_MARK_SCHEME = re.compile(
    r"^\s*(<!-- )?### BEGIN MARK SCHEME.*?### END MARK SCHEME[^\n]*\n?", re.S | re.M
)


def read_answers(path):
    """Read the sections of an answer file.

    Parameters
    ----------
    path : path
        A file in percent format; what stands above the first section is a comment on the file.

    Returns
    -------
    dict
        The source of each section by its name (a task, or the `grade_id` of a question).

    Raises
    ------
    CourseError
        If the file cannot be read, or a section has no name or a name that was used before.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"The answer file {path} cannot be read: {_reason(error)}.") from error
    answers, lines = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        marker = _MARKER.match(line)
        if not marker:
            lines.append(line)
            continue
        name = marker["name"]
        if not name:
            raise CourseError(
                f"{path}, line {number}: this section has no name. Write `# %% task` above each answer."
            )
        if name in answers:
            raise CourseError(
                f"{path}, line {number}: there is a second section called {name!r}. Keep one of them."
            )
        lines = answers[name] = _Section(marker["markdown"])
    return {name: section.source for name, section in answers.items()}


class _Section(list):
    """The lines of one section."""

    def __init__(self, markdown):
        super().__init__()
        self.markdown = markdown

    @property
    def source(self):
        lines = [re.sub("^# ?", "", line) for line in self] if self.markdown else self
        return "\n".join(lines).strip("\n")


def reference(lab):
    """The instructor's answers by `grade_id`, without the marks that nbgrader needs around them."""
    return {name: _bare(source) for name, source in lab.solutions.items()}


def _bare(source):
    lines = _MARK_SCHEME.sub("", source).splitlines()
    return "\n".join(line for line in lines if not _SOLUTION.match(line)).strip("\n")


def fill(lab, answers):
    """Write answers into the released notebook.

    Parameters
    ----------
    lab : Lab
    answers : dict
        Sources by `grade_id`; cells without an answer keep their placeholder.

    Returns
    -------
    nbformat.NotebookNode
        What a student with these answers hands in.

    Raises
    ------
    CourseError
        If the lab has no answer cell of one of these names.
    """
    unknown = [name for name in answers if name not in lab.solutions]
    if unknown:
        raise CourseError(
            f"Lab {lab.name} has no answer cell called {unknown[0]!r}. It has: {', '.join(lab.solutions)}."
        )
    notebook = nbformat.from_dict(lab.released)
    for cell in notebook.cells:
        if is_answer_cell(cell) and grade_id(cell) in answers:
            cell.source = answers[grade_id(cell)]
    return notebook


def write(lab, notebook, path):
    """Write a filled notebook; the lab's own notebook is never overwritten."""
    path = Path(path)
    if path.resolve() == lab.path.resolve():
        raise CourseError(
            f"{path} is the instructor's notebook itself. Give another name after -o."
        )
    write_text(path, nbformat.writes(notebook))


def _reason(error):
    if isinstance(error, UnicodeDecodeError):
        return "it is not text in UTF-8"
    return (error.strerror or str(error)).lower()
