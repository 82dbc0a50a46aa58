"""Runs a submission's cells in a kernel and its checks here, where no submission can reach them.

Code cells run in the student's kernel. A check cell never runs: when its turn comes, the checks of
its task are called in this process with proxies of the answers, and this process writes the cell's
outputs, among them the score as a plain float, whatever happens.
"""

import ast
import dataclasses
import math
import time
from dataclasses import dataclass, field

from nbformat.v4 import new_output

from helpers.checks import judge
from helpers.checks.answers import encode
from helpers.checks.rendering import Report

from .folder import CourseError
from .kernel import Execution, Kernel
from .lab import grade_id, is_check_cell

CELL_SECONDS = 60.0  # for one cell of the notebook
SUBMISSION_SECONDS = 600.0
MAX_DEATHS = 10
RETRIES = 4
MAX_NOTEBOOK = 50_000_000  # characters of outputs a graded notebook may hold
MAX_PARSED = 20_000  # characters; Python's parser can be kept busy for minutes with little more
REASONS = {
    "out of time": "took longer than {seconds:g} s and was stopped",
    "out of memory": "needed too much memory and was stopped",
    "died": "ended the Python process",
}


@dataclass
class Verdict:
    """The results of every check of a submission, by task, and what an instructor should know."""

    results: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)

    def score(self, task):
        """A task's points."""
        return round(math.fsum(r.points for r in self.results.get(task, [])), 9)


class Session:
    """A student's kernel over a whole notebook: when the kernel is lost, it is brought back once or twice.

    A new kernel runs again what the lost one had run, without the cell that ended it, so that one bad
    cell costs the points of its own task only. It is the host that checks call answers on.
    """

    def __init__(self, nursery):
        self._nursery = nursery
        self._history = []
        self._deaths = 0
        self._deadline = time.monotonic() + SUBMISSION_SECONDS
        self._kernel = nursery.kernel()

    def execute(self, code):
        """Run a cell; see `Kernel.execute`."""
        execution = self._attempt(
            lambda kernel: kernel.execute(code, max(0.0, min(CELL_SECONDS, self._left())))
        )
        if execution is None:
            return Execution(status="not run")
        alive = self._kernel.ended is None or self._kernel.was_killed
        if alive and not execution.lost_the_kernel:
            self._history.append(code)
        return execution

    def invoke(self, request, buffers, may_use):
        """Serve a call of a check; see `Kernel.invoke`."""
        reply = self._attempt(lambda kernel: kernel.invoke(request, buffers, may_use))
        return reply or encode(("died", "It was not started again after that."))

    def _attempt(self, action):
        result = None
        for _ in range(RETRIES):
            if not self._revive():
                return None
            result = action(self._kernel)
            # Somebody else's submission may have ended the interpreter above all kernels, or taken all memory.
            if not self._kernel.was_killed:
                break
        self._deaths += self._kernel.ended is not None
        return result

    def _left(self):
        return self._deadline - time.monotonic()

    def _revive(self):
        if self._left() <= 0 or self._deaths >= MAX_DEATHS:
            return False
        for attempt in reversed(range(RETRIES)):
            try:
                if self._kernel.ended is not None:
                    self._replace()
                self._kernel.wait_until_ready()
            except CourseError:
                if not attempt or self._kernel.ended is None:
                    raise
            if self._kernel.ended is None:
                return True
        self._deaths += 1
        return False

    def _replace(self):
        self._kernel.close()
        self._kernel = Kernel(self._nursery)
        for code in self._history:
            self._kernel.execute(code, max(0.0, min(CELL_SECONDS, self._left())))

    def close(self):
        """End the kernel."""
        self._kernel.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def judge_notebook(lab, notebook, nursery, seed):
    """Execute a rebuilt notebook and judge its answers; its cells' outputs are written into it.

    Parameters
    ----------
    lab : Lab
    notebook : NotebookNode
        As `course.submission.rebuild` makes it.
    nursery : Nursery
    seed : int
        Seed of the hidden checks' inputs.

    Returns
    -------
    Verdict
    """
    verdict = Verdict()
    tasks = {task.check_cell: task for task in lab.tasks}
    sources = {grade_id(c): c.source for c in notebook.cells if c.cell_type == "code"}
    failures, room = {}, MAX_NOTEBOOK
    with Session(nursery) as session:
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            task = tasks.get(grade_id(cell)) if is_check_cell(cell) else None
            if task is None:
                execution = session.execute(cell.source)
                room -= sum(len(str(output)) for output in execution.outputs)
                cell.outputs = execution.outputs if room > 0 else []
                _note(cell, execution, verdict, failures)
            else:
                verdict.results[task.name] = _judge_task(
                    task, session, seed, sources, failures, verdict
                )
                cell.outputs = check_outputs(task.name, verdict.results[task.name])
    return verdict


def _judge_task(task, session, seed, sources, failures, verdict):
    names = [name for name in sources if name and name.isidentifier()]
    results = judge(list(task.checks), session, seed, names)
    broken = [
        name for name in calls(sources.get(task.name, "")) if _lost_points(name, task, verdict)
    ]
    return [_explain(r, failures.get(task.name), broken) for r in results]


def _explain(result, failure, broken):
    """Add to a failed check's message what went wrong before: in the answer's own cell, or in an earlier task."""
    if result.passed:
        return result
    message, answered = result.message, result.answered
    if not answered and failure:
        message, answered = failure, True
    if broken and answered and "which is not answered yet" not in message:
        names = " and ".join(broken)
        message += f" (It calls your {names}, which lost points: mend that first.)"
    blames = tuple(broken) if answered else ()
    return dataclasses.replace(result, message=message, answered=answered, blames=blames)


def _lost_points(name, task, verdict):
    results = verdict.results.get(name, [])
    return name != task.name and not all(r.passed for r in results)


def calls(source):
    """All names a piece of code mentions, sorted; none if it cannot be parsed or is very long."""
    if len(source) > MAX_PARSED:
        return []
    try:
        return sorted({n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)})
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _note(cell, execution, verdict, failures):
    """Remember what stopped a cell: for its task's feedback, and for the instructor if it harmed the kernel."""
    name = grade_id(cell) or cell.id
    if execution.status == "error":
        error = next((o for o in reversed(execution.outputs) if o.output_type == "error"), None)
        said = f"{error.ename}: {error.evalue}" if error else "an error"
        said = "".join(c if c.isprintable() else " " for c in said)
        failures[name] = f"The answer cell stopped with {said}"[:600]
    elif execution.status == "not run":
        failures[name] = (
            "The cell was not run: the Python process had ended too often, or time was up."
        )
        cell.outputs = [new_output("stream", name="stderr", text=failures[name])]
    elif execution.status != "ok":
        reason = REASONS[execution.status].format(seconds=CELL_SECONDS)
        failures[name] = f"The cell {name} {reason}; it was left out and the others were graded."
        verdict.problems.append(failures[name])
        cell.outputs = [
            *execution.outputs,
            new_output("stream", name="stderr", text=failures[name]),
        ]


def check_outputs(task, results):
    """The outputs of a check cell: the feedback to read, and the score as nbgrader reads it."""
    report = Report(task, results)
    score = round(math.fsum(r.points for r in results), 9)
    shown = {"text/plain": str(report), "text/html": report._repr_html_()}
    return [
        new_output("display_data", data=shown),
        # nbgrader takes anything but a plain number here for full points.
        new_output("execute_result", data={"text/plain": repr(float(score))}),
    ]
