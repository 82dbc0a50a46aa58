"""Feedback: one HTML page for every student, which needs no other file, no network and no script."""

import base64
import binascii
import re
import shutil
from pathlib import Path

import jinja2
import nbformat
from markupsafe import Markup, escape

from .files import write_text
from .folder import CourseError
from .lab import grade_id, is_answer_cell, is_check_cell
from .records import QUARANTINED, is_unanswered, load_records

MAX_TEXT = 6_000  # characters of one output or cell that a page shows
MAX_IMAGE = 3_000_000  # characters of base64
_IMAGES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def write_feedback(lab, to=None):
    """Write the feedback pages of all graded submissions.

    Parameters
    ----------
    lab : Lab
    to : path, optional
        A folder that receives `<student>.html`; by default the pages go to
        `build/feedback/<student>/<lab>/<lab>.html`, where nbgrader looks for them.

    Returns
    -------
    list of Path
        The pages, in the order of the students' names.
    """
    return [_write(lab, record, to) for record in load_records(lab)]


def _write(lab, record, to):
    student = record["student"]
    default = lab.folder.step("feedback", student, lab.name) / f"{lab.name}.html"
    path = Path(to) / f"{student}.html" if to else default
    write_text(path, feedback_page(lab, record))
    if not to:
        _keep_receipt(lab, student)
    return path


def _keep_receipt(lab, student):
    """Put beside a page what nbgrader's exchange gives it back by."""
    submitted, feedback = (
        lab.folder.step(step, student, lab.name) for step in ("submitted", "feedback")
    )
    for name in ("timestamp.txt", "submission_secret.txt"):
        if (submitted / name).is_file():
            shutil.copyfile(submitted / name, feedback / name)


def feedback_page(lab, record):
    """The page of one submission.

    Parameters
    ----------
    lab : Lab
    record : dict
        As `course.records.load_records` gives it.

    Returns
    -------
    str
        HTML.
    """
    names = cell_names(lab)
    marks = [{"name": names[name], **mark} for name, mark in record["marks"].items()]
    return page(
        "feedback.html.j2",
        title=lab.about.get("title", lab.name),
        record=record,
        marks=marks,
        cells=[] if record["status"] == QUARANTINED else _cells(lab, record["student"], names),
    )


def cell_names(lab):
    """What people call the answer cells: {grade_id: "fit_mog", "Question 2" or "Figure of fit_mog"}."""
    names = {}
    for name in lab.solutions:
        question = re.fullmatch(rf"{re.escape(lab.name)}-q(\d+)", name)
        if question:
            names[name] = f"Question {question[1]}"
        elif name.endswith("-fig"):
            names[name] = f"Figure of {name.removesuffix('-fig')}"
        else:
            names[name] = name
    return names


def page(template, **values):
    """Fill one of the HTML templates; every value is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters.update(
        points=show_points,
        in_short=_in_short,
        unanswered=_unanswered,
        prose=_prose,
        common_reason=_common_reason,
    )
    return environment.get_template(template).render(**values)


def show_points(number):
    """Points as people write them: 1.5, 4, 0.25."""
    return f"{round(number, 3):g}"


def _prose(text):
    """Text with `code` in it, escaped and then set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _unanswered(task):
    return bool(task["checks"]) and all(is_unanswered(check) for check in task["checks"])


def _common_reason(task):
    """What all checks of a task say, if they all failed and say the same."""
    told = {check["message"] for check in task["checks"]}
    return told.pop() if len(told) == 1 and len(task["checks"]) > 1 else ""


def _in_short(task):
    failed = sum(not check["passed"] for check in task["checks"])
    if _unanswered(task):
        return "not answered yet"
    if not failed:
        return "all checks passed"
    return f"{failed} of {len(task['checks'])} checks failed"


def _cells(lab, student, names):
    """What the student wrote, with its outputs: answer cells, and cells that were added."""
    path = lab.folder.step("autograded", student, lab.name) / f"{lab.name}.ipynb"
    if not path.is_file():
        return []
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise CourseError(
            f"The graded notebook {path} cannot be read. Run `course grade {lab.name}` again."
        ) from error
    given = {c.source for c in lab.released.cells if not is_answer_cell(c)}
    return [
        {
            "name": names.get(grade_id(cell), "A cell you added"),
            "code": cell.cell_type == "code",
            "source": _text(cell.source),
            "outputs": [shown for output in cell.get("outputs", []) for shown in _output(output)],
        }
        for cell in notebook.cells
        if not is_check_cell(cell) and (is_answer_cell(cell) or cell.source not in given)
    ]


def _output(output):
    """An output as a picture or text; anything that could be more than that is left out."""
    if output.output_type == "stream":
        return [_shown(output.text)]
    if output.output_type == "error":
        trace = "\n".join(output.get("traceback", [])) or f"{output.ename}: {output.evalue}"
        return [_shown(trace)]
    data = output.get("data", {})
    images = [
        url for kind, magic in _IMAGES.items() if (url := _image(kind, magic, data.get(kind)))
    ]
    if images:
        return [{"image": images[0], "text": ""}]
    return [_shown(data["text/plain"])] if "text/plain" in data else []


def _shown(text):
    return {"image": None, "text": _text(text)}


def _image(kind, magic, text):
    """A data URL, if the text really is a picture of that kind."""
    if not isinstance(text, str) or len(text) > MAX_IMAGE:
        return None
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not content.startswith(magic):
        return None
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _text(text):
    """Text without colours, control characters or more than a page can bear."""
    text = text if isinstance(text, str) else "".join(map(str, text))
    text = _CONTROL.sub("�", _ANSI.sub("", text))
    if len(text) <= MAX_TEXT:
        return text
    half = MAX_TEXT // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters left out …\n{text[-half:]}"
