"""The class at a glance: who has how many points, and which checks the class failed."""

import functools
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from .feedback import page, show_points
from .files import write_text
from .records import QUARANTINED, first_problem, is_carried, is_unanswered, load_records
from .similarity import compare_class
from .tables import csv_text


@dataclass(frozen=True)
class CheckSummary:
    """How a class did on one check."""

    task: str
    title: str
    hidden: bool
    n_students: int
    n_failed: int
    n_carried: int  # failed with an answer that calls an earlier, wrong one
    n_unanswered: int
    message: str  # what those who failed were told most often

    @property
    def n_answered(self):
        """How many had an answer of their own to be checked."""
        return self.n_students - self.n_unanswered - self.n_carried

    @property
    def share(self):
        """The share of those who failed it, 0 to 1."""
        return self.n_failed / self.n_answered if self.n_answered else 0.0


@dataclass
class ClassReport:
    """The results of one lab."""

    lab: object
    records: list = field(repr=False)

    @classmethod
    def of(cls, lab):
        """The report of a lab, from the records and the gradebook."""
        return cls(lab, load_records(lab))

    @property
    def rows(self):
        """One dict for every student, in the order of their names."""
        return [
            {
                "student": record["student"],
                "score": record["score"],
                "max_score": record["max_score"],
                "manual": record.get("manual"),
                "max_manual": record.get("max_manual"),
                "status": record["status"],
                "problem": first_problem(record),
            }
            for record in self.records
        ]

    @property
    def graded(self):
        """The records that have a score."""
        return [record for record in self.records if record["status"] != QUARANTINED]

    @property
    def summary(self):
        """One sentence on the whole class."""
        n, n_graded = len(self.records), len(self.graded)
        text = f"{n} submission{'s' * (n != 1)}, {n_graded} graded"
        if n > n_graded:
            text += f", {n - n_graded} quarantined"
        if n_graded:
            middle = median(record["score"] for record in self.graded)
            text += f"; median score {show_points(middle)} of {show_points(self.lab.max_score)}"
        return text + "."

    @property
    def checks(self):
        """A `CheckSummary` for every check, the most misunderstood first."""
        seen = {}
        for record in self.graded:
            for task in record["tasks"]:
                for check in task["checks"]:
                    seen.setdefault((task["task"], check["name"]), []).append(check)
        summaries = [_summarise(task, checks) for (task, _), checks in seen.items()]
        return sorted(summaries, key=lambda each: -each.share)

    @functools.cached_property
    def comparison(self):
        """Pairs of submissions that share uncommon structure: hints, see `course.similarity`."""
        return compare_class(self.lab, self.records)

    def write(self, to=None):
        """Write the class table, the checks' table and the HTML report; return their paths."""
        folder = Path(to or self.lab.folder.build / "report")
        names = (f"{self.lab.name}.csv", f"{self.lab.name}-checks.csv", f"{self.lab.name}.html")
        texts = (self.csv(), self.checks_csv(), self.html())
        paths = [folder / name for name in names]
        for path, text in zip(paths, texts, strict=True):
            write_text(path, text)
        return paths

    def csv(self):
        """The class table for a spreadsheet."""
        heads = ("student", "score", "max_score", "manual", "max_manual", "status", "first_problem")
        return csv_text(heads, [tuple(row.values()) for row in self.rows])

    def checks_csv(self):
        """The checks' table for a spreadsheet."""
        heads = (
            "task",
            "check",
            "hidden",
            "students",
            "failed",
            "unanswered",
            "most_common_message",
        )
        rows = [
            (c.task, c.title, "yes" if c.hidden else "no", c.n_students, c.n_failed, c.n_unanswered,
             c.message)
            for c in self.checks
        ]  # fmt: skip
        return csv_text(heads, rows)

    def html(self):
        """The report as one HTML page."""
        return page(
            "report.html.j2",
            title=self.lab.about.get("title", self.lab.name),
            lab=self.lab.name,
            summary=self.summary,
            rows=self.rows,
            checks=self.checks,
            comparison=self.comparison,
        )


def _summarise(task, checks):
    failed = [c for c in checks if not (c["passed"] or is_unanswered(c) or is_carried(c))]
    told = Counter(c["message"] for c in failed).most_common(1)
    return CheckSummary(
        task=task,
        title=checks[0].get("title") or checks[0]["name"],
        hidden=checks[0]["hidden"],
        n_students=len(checks),
        n_failed=len(failed),
        n_carried=sum(map(is_carried, checks)),
        n_unanswered=sum(map(is_unanswered, checks)),
        message=told[0][0] if told else "",
    )
