"""What came back from a student: read it in whatever state it is, and repair what can be repaired.

Nothing of a submission is trusted but the text of its cells. The graded notebook is our own released
one, with the student's answers put into it by `grade_id`, or failing that by the function they define;
cells the student added keep their place.
"""

import copy
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from .lab import grade_id, is_answer_cell, is_check_cell, is_manual_cell

MAX_FILE = 100 * 2**20
MAX_ITEMS = 5_000_000  # lists, objects and their elements; Python needs up to 100 bytes for each
MAX_SOURCE = 1_000_000
MAX_SOURCES = 10_000_000  # characters of all cells together
MAX_CELLS = 2_000
MAX_ENVIRONMENTS = (
    100  # of formulas in a text; Jupyter searches all that follows for each one's end
)


class Quarantine(Exception):
    """A submission that cannot be graded; the message says why and what to do."""


@dataclass
class StudentCell:
    """A cell as it was handed in: its kind, its text and the name nbgrader knew it by."""

    kind: str
    source: str
    name: str | None

    @property
    def is_code(self):
        """Whether Jupyter would run the cell."""
        return self.kind == "code"


@dataclass
class Rebuilt:
    """Our notebook with the student's answers in it, and what had to be repaired."""

    notebook: nbformat.NotebookNode
    problems: list = field(default_factory=list)


def read_submission(path):
    """Read the cells of a file that claims to be a notebook.

    Parameters
    ----------
    path : path

    Returns
    -------
    list of StudentCell

    Raises
    ------
    Quarantine
        If no cells can be had from it.
    """
    return cells_of(_parse(Path(path).name, read_bytes(path)))


def read_bytes(path):
    """The content of a file that was handed in.

    Parameters
    ----------
    path : path

    Returns
    -------
    bytes

    Raises
    ------
    Quarantine
        If there is none, it is not the student's own, or it is too large.
    """
    path = Path(path)
    if path.is_symlink():
        raise Quarantine(f"{path.name} is a link to another file. Ask for the notebook itself.")
    if not path.is_file():
        raise Quarantine(f"There is no file {path.name}. Ask the student to hand it in again.")
    if path.stat().st_size > MAX_FILE:
        raise Quarantine(
            f"{path.name} is larger than {MAX_FILE // 2**20} MiB. Ask for it again with its outputs cleared."
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise Quarantine(f"{path.name} cannot be read ({error.strerror}). Mend that.") from None


def cells_of(notebook):
    """The cells of a parsed notebook as `StudentCell`s; whatever is malformed in them is dropped."""
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Quarantine("The notebook has no readable list of cells. Ask for it to be saved anew.")
    if len(cells) > MAX_CELLS:
        raise Quarantine(
            f"The notebook has {len(cells):,} cells, more than {MAX_CELLS:,}. Ask for one without the spare ones."
        )
    cells = [_student_cell(cell) for cell in cells if isinstance(cell, dict)]
    if sum(len(cell.source) for cell in cells) > MAX_SOURCES:
        raise Quarantine(
            "The cells hold more text than anybody could have written. Ask for a notebook in which data are loaded, not pasted."
        )
    return cells


def as_notebook(cells):
    """A minimal notebook of student cells, for tools that want one."""
    nodes = []
    for number, cell in enumerate(cells):
        new = getattr(nbformat.v4, f"new_{cell.kind}_cell", nbformat.v4.new_raw_cell)
        marks = {"nbgrader": {"grade_id": cell.name}} if cell.name else {}
        nodes.append(new(cell.source, metadata=marks, id=f"cell-{number}"))
    return nbformat.v4.new_notebook(cells=nodes)


def _parse(name, raw):
    if not raw.strip():
        raise Quarantine(f"{name} is empty. Ask the student to save it again and hand it in.")
    if raw.startswith(b"PK\x03\x04"):
        raise Quarantine(f"{name} is a zip archive. Ask for the notebook inside it.")
    if not raw.strip(b"\0"):
        raise Quarantine(
            f"{name} holds nothing but zero bytes: the upload was interrupted. Ask for it again."
        )
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Quarantine(
            f"{name} is not a text in UTF-8 (byte {error.start}). Ask for the notebook itself."
        ) from None
    if sum(map(text.count, "[{,")) > MAX_ITEMS:
        raise Quarantine(
            f"{name} holds more than {MAX_ITEMS:,} separate items. Ask for it again with its outputs cleared."
        )
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Quarantine(_why_not_json(name, text, error)) from None
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise Quarantine(f"{name} is not a Jupyter notebook. Ask for the .ipynb file.")
    if "cells" not in notebook:
        notebook = _modernise(name, text)
    return notebook


def _why_not_json(name, text, error):
    if re.search(r"^(<{7}|>{7}) ", text, re.M):
        return f"{name} holds the marks of a merge conflict. Ask the student to resolve it and hand in again."
    where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "its nesting"
    cut = " It looks cut off." if not text.rstrip().endswith("}") else ""
    return (
        f"{name} is not valid JSON ({where}).{cut} Ask the student to open and save it in JupyterLab and hand"
        " it in again."
    )


def _modernise(name, text):
    try:
        return nbformat.reads(text, as_version=4)
    except Exception:
        raise Quarantine(
            f"{name} is in a notebook format that cannot be converted. Ask for it to be saved in JupyterLab."
        ) from None


def _student_cell(cell):
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    source = source.replace("\r\n", "\n")[:MAX_SOURCE] if isinstance(source, str) else ""
    # JSON can hold halves of characters, which no file and no kernel takes.
    source = source.encode("utf-8", "replace").decode("utf-8")
    kind = cell.get("cell_type")
    kind = kind if kind in ("code", "markdown") else "raw"
    return StudentCell(kind, source, name if isinstance(name, str) else None)


def rebuild(lab, cells):
    """Put a student's answers and added cells into our released notebook.

    Parameters
    ----------
    lab : Lab
    cells : list of StudentCell

    Returns
    -------
    Rebuilt
    """
    return _Rebuilding(lab.released, cells).run()


class _Rebuilding:
    def __init__(self, master, cells):
        self.notebook = copy.deepcopy(master)
        self.cells = cells
        self.named = {grade_id(c): c for c in self.notebook.cells if grade_id(c)}
        self.released = {name: c.source for name, c in self.named.items()}
        self.texts = {c.source.strip() for c in self.notebook.cells}
        self.used = set()  # positions of student cells that have become answers
        self.problems = []

    def run(self):
        for name, cell in self.named.items():
            if is_answer_cell(cell):
                self.fill(name, cell)
        added = self.added_cells()
        self.note_changed_checks()
        cells = list(added.get(None, []))
        for cell in self.notebook.cells:
            cells += [cell, *added.get(grade_id(cell), [])]
        self.notebook.cells = cells
        return Rebuilt(self.notebook, self.problems)

    def fill(self, name, cell):
        own = [i for i, c in enumerate(self.cells) if c.name == name]
        written = [i for i in own if self.cells[i].source.strip() not in ("", cell.source.strip())]
        if not written and cell.cell_type == "code":
            written = [
                i for i, c in enumerate(self.cells) if self.is_free(c) and _defines(c.source, name)
            ]
            if written:
                self.problems.append(
                    f"Your answer to {name} was found in another cell, by its name."
                )
        if len(written) > 1:
            self.problems.append(
                f"There are {len(written)} answers to {name}; the last one counts."
            )
        self.used.update(own, written)
        if written:
            self.take(self.cells[written[-1]], name, cell)
        elif not own:
            self.miss(name, cell)

    def miss(self, name, cell):
        if is_manual_cell(cell):
            # A person looks: the answer may stand in a cell that has lost its name.
            self.problems.append(f"The answer cell of {name} is missing; look at the added cells.")
            mark = "# " if cell.cell_type == "code" else ""
            cell.source = f"{mark}This cell was missing: is there an answer among the added cells?"
        else:
            self.problems.append(
                f"The answer cell of {name} is missing; it counts as not answered."
            )

    def take(self, answer, name, cell):
        if answer.kind != cell.cell_type:
            self.problems.append(
                f"The answer cell of {name} had become a {answer.kind} cell; it is read as {cell.cell_type}."
            )
        cell.source = answer.source if cell.cell_type == "code" else harmless(answer.source)

    def is_free(self, cell):
        """Whether a cell is not itself the answer cell of some task."""
        return cell.kind == "code" and not (
            cell.name in self.named and is_answer_cell(self.named[cell.name])
        )

    def added_cells(self):
        """The cells a student added or changed, by the `grade_id` of the cell of ours that they follow."""
        added, anchor, seen = {}, None, set()
        for i, cell in enumerate(self.cells):
            is_ours = cell.name in self.named
            if is_ours and cell.name not in seen:
                anchor = cell.name
                seen.add(cell.name)
            if i in self.used or cell.source.strip() in self.texts or not cell.source.strip():
                continue
            if is_ours and is_check_cell(self.named[cell.name]):
                continue
            if is_ours:
                self.problems.append(
                    f"The given cell {cell.name} was changed; yours is run after the original."
                )
            if cell.kind in ("code", "markdown"):
                number = sum(map(len, added.values()))
                added.setdefault(anchor, []).append(_new_cell(cell, f"added-{number}"))
        return added

    def note_changed_checks(self):
        for name, cell in self.named.items():
            if not is_check_cell(cell):
                continue
            sources = [c.source.strip() for c in self.cells if c.name == name]
            if not sources:
                self.problems.append(f"The check cell {name} was deleted; it has been put back.")
            elif any(source != cell.source.strip() for source in sources):
                self.problems.append(f"The check cell {name} was changed; the original was used.")
            elif len(sources) > 1:
                self.problems.append(f"The check cell {name} was copied; it counts once.")


def _new_cell(cell, name):
    if cell.kind == "code":
        return nbformat.v4.new_code_cell(cell.source, id=name)
    return nbformat.v4.new_markdown_cell(harmless(cell.source), id=name)


def _defines(source, name):
    # Not parsed: hostile code can keep Python's parser busy for hours.
    return bool(re.search(rf"^def {re.escape(name)}\b", source, re.M))


def harmless(markdown):
    """Markdown in which no HTML tag and no script link is left, for pages an instructor opens.

    Jupyter's pages run what HTML in a student's text says to run, with the instructor's rights.
    """
    # Browsers drop control characters from addresses; entities and backslashes can stand for letters.
    markdown = re.sub(r"[\x00-\x09\x0b-\x1f]", " ", markdown.expandtabs(4))
    markdown = re.sub(r"(?i)&(?=#|(colon|tab|newline);)", "& ", markdown)
    markdown = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", markdown)
    markdown = re.sub(r"(?i)\bdata[\s\\]*:(?=\S)", "data-", markdown)
    markdown = re.sub(r"(?i)(java|vb)script[\s\\]*:", r"\1script-", markdown)
    # A picture is asked for as soon as the page is opened: from anybody's server, or from Jupyter's own
    # address that logs out. Formulas can put addresses together, and styles over the whole page.
    markdown = markdown.replace("![", "! [")
    markdown = re.sub(
        r"\\(href|style|class|cssId|require|unicode|mmlToken)(?![A-Za-z])", r"\\text", markdown
    )
    if markdown.count("\\begin") > MAX_ENVIRONMENTS:
        markdown = markdown.replace("\\begin", "begin")
    return markdown
