"""How results look: a compact HTML table in a notebook, plain lines in a terminal."""

import math
import re
from dataclasses import dataclass
from html import escape

# Grey lines, and otherwise the page's own colours, are seen on white and on black alike.
_TABLE = (
    "border-collapse:collapse;table-layout:auto;width:auto;max-width:72em;margin:.3em 0;"
    "color:inherit;background:transparent"
)
_CAPTION = "caption-side:top;text-align:left;color:inherit;padding:.2em .6em"
_CELL = "border-bottom:1px solid #888;padding:.3em .6em;text-align:left;vertical-align:top"
_NARROW = ";white-space:nowrap;width:1%"


@dataclass(frozen=True)
class Report:
    """The results of one task's checks, ready to be shown.

    `further` names, for a student, the topics of the checks that only grading runs.
    """

    task: str
    results: list
    further: str = ""

    def __str__(self):
        return render_text(self.task, self.results, self.further)

    __repr__ = __str__

    def _repr_html_(self):
        return render_html(self.task, self.results, self.further)


def summary(task, results, further=""):
    """How many checks passed, for how many points, and what else grading will look at."""
    passed = sum(r.passed for r in results)
    points, of = math.fsum(r.points for r in results), math.fsum(r.max_points for r in results)
    if not any(r.answered for r in results):
        return next((r.message for r in results), f"{task} has no checks.")
    if any(r.hidden for r in results):  # this is the grading
        return f"{task}: {passed} of {len(results)} checks passed, {points:g} of {of:g} points."
    topics = f" on {further}" if further else ""
    return (
        f"{task}: {passed} of {len(results)} visible checks passed, {points:g} of {of:g} points here; the task has"
        f" more in grading. Grading runs these checks on fresh data, and further ones{topics}."
    )


def render_text(task, results, further=""):
    """The summary and one line for every check, for a terminal or a screen reader."""
    lines = [summary(task, results, further)]
    for r in results if any(r.answered for r in results) else []:
        lines.append(f"  {'passed' if r.passed else 'FAILED'}  {r.title} ({r.max_points:g})")
        if not r.passed:
            lines.append(f"          {r.message}")
    return "\n".join(lines)


def render_html(task, results, further=""):
    """A table with a caption and row headers; states are words, and colours are the page's own."""
    if not any(r.answered for r in results):
        return f"<p>{_html(summary(task, results))}</p>"
    # Messages have a column of their own; what passed has none, so its title takes the room of both.
    span = 1 if all(r.passed for r in results) else 2
    columns = [("Result", _NARROW), ("Check", ""), ("What to look at", ""), ("Points", _NARROW)]
    heads = "".join(
        f'<th scope="col" style="{_CELL}{more}">{name}</th>'
        for name, more in (columns if span == 2 else columns[:2] + columns[3:])
    )
    rows = "".join(_row(r, span) for r in results)
    return (
        f'<table style="{_TABLE}"><caption style="{_CAPTION}">{_html(summary(task, results, further))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(r, span):
    title = f'scope="row" style="{_CELL};font-weight:normal"'
    if r.passed:
        state, middle = "✓ passed", f'<th colspan="{span}" {title}>{_html(r.title)}</th>'
    else:
        state = "<strong>✗ failed</strong>"
        middle = f'<th {title}>{_html(r.title)}</th><td style="{_CELL}">{_html(r.message)}</td>'
    return (
        f'<tr><td style="{_CELL}{_NARROW}">{state}</td>{middle}'
        f'<td style="{_CELL}{_NARROW}">{r.points:g} of {r.max_points:g}</td></tr>'
    )


def _html(text):
    """Escape a text; what stands between backticks becomes code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))
