"""How results look: a compact HTML table in a notebook, plain lines in a terminal."""

from dataclasses import dataclass
from html import escape

_STYLE = "border:1px solid currentColor;padding:.25em .6em;text-align:left;vertical-align:top"


@dataclass(frozen=True)
class Report:
    """The results of one task's checks, ready to be shown."""

    task: str
    results: list

    def __str__(self):
        return render_text(self.task, self.results)

    __repr__ = __str__

    def _repr_html_(self):
        return render_html(self.task, self.results)


def summary(task, results):
    """One sentence: how many checks passed, and for how many points."""
    passed = sum(r.passed for r in results)
    points, of = sum(r.points for r in results), sum(r.max_points for r in results)
    if not any(r.answered for r in results):
        return f"{task}: not answered yet."
    more = "" if any(r.hidden for r in results) else " Grading runs further checks on fresh data."
    return f"{task}: {passed} of {len(results)} checks passed, {points:g} of {of:g} points.{more}"


def render_text(task, results):
    """The summary and one line for every check, for a terminal or a screen reader."""
    lines = [summary(task, results)]
    for r in results if any(r.answered for r in results) else []:
        lines.append(f"  {'passed' if r.passed else 'FAILED'}  {r.title} ({r.max_points:g})")
        if not r.passed:
            lines.append(f"          {r.message}")
    return "\n".join(lines)


def render_html(task, results):
    """A table with a caption and row headers; states are words, and colours are the page's own."""
    if not any(r.answered for r in results):
        return f"<p>{escape(summary(task, results))}</p>"
    rows = "".join(_row(r) for r in results)
    heads = "".join(
        f'<th scope="col" style="{_STYLE}">{head}</th>' for head in ("Check", "Result", "Points")
    )
    return (
        '<table style="border-collapse:collapse;color:inherit;background:transparent">'
        f'<caption style="text-align:left;color:inherit">{escape(summary(task, results))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(r):
    state = "✓ passed" if r.passed else f"<strong>✗ failed</strong><br>{escape(r.message)}"
    return (
        f'<tr><th scope="row" style="{_STYLE};font-weight:normal">{escape(r.title)}</th>'
        f'<td style="{_STYLE}">{state}</td>'
        f'<td style="{_STYLE};white-space:nowrap">{r.points:g} / {r.max_points:g}</td></tr>'
    )
