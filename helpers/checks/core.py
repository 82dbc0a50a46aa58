"""Checks: plain functions that receive a student's answers and raise with a message.

A check's name and docstring are what a student reads, its points stand in the decorator, and nothing
else knows about points. The same objects run in a student's notebook, in grading and in the tests.
"""

import contextlib
import importlib
import inspect
import logging
import math
import os
import sys
import zlib
from dataclasses import dataclass
from traceback import walk_tb

import numpy as np

from .answers import Answer, CheckFailed, LocalHost, NotAnswered
from .rendering import Report

PRACTICE_SEED = 2026  # the visible checks' inputs are the same every time a student runs them
# A check that breaks is reported in its result; without a handler a student would see its traceback too.
_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Check:
    """One expectation of one task."""

    task: str
    points: float
    function: object

    @property
    def name(self):
        """The function's name."""
        return self.function.__name__

    @property
    def title(self):
        """The function's docstring on one line: what a student reads."""
        return " ".join(inspect.getdoc(self.function).split())

    @property
    def hidden(self):
        """Whether students never receive the check itself: it is not part of `helpers`."""
        return not self.function.__module__.startswith("helpers.")


@dataclass(frozen=True)
class Result:
    """What became of one check."""

    task: str
    name: str
    title: str
    points: float
    max_points: float
    message: str
    hidden: bool
    answered: bool = True
    crashed: bool = False
    blames: tuple = ()  # earlier answers that lost points and that this one calls

    @property
    def passed(self):
        """Whether the answer met the expectation."""
        return not self.message


def check(task, points):
    """Declare a function as a check of a task.

    Parameters
    ----------
    task : str
        The name of the function the student writes.
    points : float
        What the answer loses when the check raises.
    """

    def declare(function):
        if not inspect.getdoc(function):
            raise TypeError(f"The check {function.__name__} needs a docstring: students read it.")
        return Check(task, float(points), function)

    return declare


def checks_of(module):
    """All checks that a module defines, in the order in which they are written."""
    return [value for value in vars(module).values() if isinstance(value, Check)]


def visible_checks(lab):
    """The checks of a lab that students hold; `lab` is its folder's name, such as "01-toy-gmm"."""
    return checks_of(_module(lab))


def further_topics(lab):
    """What the checks that students do not hold are about: `FURTHER` of the lab's module, task → words."""
    return getattr(_module(lab), "FURTHER", {})


def _module(lab):
    return importlib.import_module(f"helpers.checks.{module_name(lab)}")


def module_name(lab):
    """The name of a lab's modules: "01-toy-gmm" has `helpers.checks.toy_gmm` and a rubric `toy_gmm`."""
    return lab.split("-", 1)[1].replace("-", "_")


def judge(checks, host, seed=PRACTICE_SEED, names=()):
    """Run checks against the answers of one host.

    Parameters
    ----------
    checks : list of Check
    host : object
        Where the answers live, see `helpers.checks.answers`.
    seed : int
        Seed of the random inputs; each check has its own generator.
    names : iterable of str
        Further answers a check may ask for besides the tasks of `checks`.

    Returns
    -------
    list of Result
    """
    answers = {name: Answer(name, host) for name in {c.task for c in checks} | set(names)}
    return [_run(each, answers, seed) for each in checks]


def _run(each, answers, seed):
    rng = np.random.default_rng([seed, zlib.crc32(each.name.encode())])
    supply = {**answers, "rng": rng}
    arguments = {name: supply[name] for name in inspect.signature(each.function).parameters}
    message, answered, crashed = "", True, False
    try:
        each.function(**arguments)
    except CheckFailed as error:
        message = str(error).strip() or "This expectation was not met."
        answered = not isinstance(error, NotAnswered)
    except Exception as error:
        _log.exception("The check %s failed to run", each.name)
        message = (
            f"This check could not read what your {each.task} returned ({type(error).__name__}). Does it"
            " return what the text asks for, in that order, and does each result have the right shape?"
        )
        crashed = True
    return Result(
        each.task, each.name, each.title, 0.0 if message else each.points, each.points,
        message, each.hidden, answered, crashed,
    )  # fmt: skip


def run_checks(lab, task, namespace=None):
    """Run the visible checks of a task in this notebook and show what they found.

    Parameters
    ----------
    lab, task : str
        For example "01-toy-gmm", "fit_mog".
    namespace : dict, optional
        Where the answer is defined; by default the notebook's own names.

    Returns
    -------
    float or None
        The points of the visible checks that passed, or nothing when all did: what nbgrader's Validate
        button reads. The grade itself is never computed here, and a grading kernel holds no checks.
    """
    visible = visible_checks(lab)
    if not visible:
        return print("In grading the checks of this lab run elsewhere.")
    checks = [each for each in visible if each.task == task]
    if not checks:
        raise ValueError(f"Lab {lab} has no visible checks of a task called {task!r}.")
    host = LocalHost(_notebook_names() if namespace is None else namespace)
    results = judge(checks, host, names={each.task for each in visible})
    report = Report(task, results, further_topics(lab).get(task, ""))
    _display(report)
    if not all(r.passed for r in results):
        _tell_validate(report)
    earned = math.fsum(r.points for r in results)
    return None if all(r.passed for r in results) else round(earned, 9)  # no 1.2000000000000002


def _notebook_names():
    import __main__

    return vars(__main__)


def _display(report):
    try:
        from IPython.display import display
    except ImportError:
        print(report)
    else:
        display(report)


def _tell_validate(text):
    # nbgrader's Validate dialog shows what a failing cell wrote to standard error, and nothing else of it.
    if "NBGRADER_VALIDATING" in os.environ:
        print(text, file=sys.stderr)


@contextlib.contextmanager
def needs(*tasks):
    """Run a block that uses answers; where one is not written yet, say so instead of showing a traceback.

    Parameters
    ----------
    *tasks : str
        The answers the block uses.
    """
    try:
        yield
    except NotImplementedError as error:
        # First comes the frame of this function, then the cell's, last that of the line that raised.
        _, cell, *inner = (frame for frame, _ in walk_tb(error.__traceback__))
        last = inner[-1] if inner else cell
        name = last.f_code.co_name
        if last is cell:
            sentence = "Not answered yet: write your answer in this cell, then run it again."
        elif name in tasks or last.f_globals is cell.f_globals:
            sentence = f"This cell needs your {name}: write it above, then run this cell again."
        else:
            raise  # a library's own
        print(sentence)
        _tell_validate(sentence)
