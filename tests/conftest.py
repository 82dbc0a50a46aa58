"""Shared pieces of the test suite."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import contextlib
import functools
import re
from pathlib import Path

import pytest

from course.answers import reference
from course.folder import CourseFolder
from course.grade import environment_of
from course.kernel import Nursery
from course.lab import Lab, grade_id, lab_names

ROOT = Path(__file__).resolve().parents[1]
LABS = [Lab(CourseFolder(ROOT), name) for name in lab_names(CourseFolder(ROOT))]
ZOO = "test_zoo.py"


def names_of(lab, *given, **names):
    """What a lab's notebook defines: its set-up, these given cells as far as they need no answer, its answers."""
    for cell in lab.notebook.cells:
        if grade_id(cell) in ("setup-given", *given):
            code = re.split(r"^with needs\(", cell.source, flags=re.M)[0]
            code = re.sub(r"^[%!].*$", "", code, flags=re.M).replace("plt.show()", "plt.close()")
            exec(code, names)
    for task in lab.tasks:
        exec(reference(lab)[task.name], names)
    return names


@pytest.fixture(scope="session")
def lab():
    """Lab 01 of this repository."""
    return Lab(CourseFolder(ROOT), "01-toy-gmm")


@pytest.fixture(scope="session")
def nursery_of():
    """Warm kernels that see what a lab's bundle holds: a function of the lab."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def warm(name):
            lab = Lab(CourseFolder(ROOT), name)
            environment = stack.enter_context(environment_of(lab))
            return stack.enter_context(Nursery(environment, lab.imports))

        yield lambda lab: warm(lab.name)


@pytest.fixture(scope="session")
def nursery(nursery_of, lab):
    """Warm kernels that see what lab 01's bundle holds."""
    return nursery_of(lab)


def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file, or the cells of a notebook, on one worker; the zoo goes to whoever is free."""
    from xdist.scheduler import LoadScopeScheduling

    class FileByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return nodeid if ZOO in nodeid else nodeid.partition("::")[0]

    return FileByFile(config, log)


def pytest_collection_modifyitems(items):
    """Labs whose packages are missing are skipped: their files, their notebook and their zoo."""
    for lab in filter(lambda lab: lab.missing, LABS):
        skip = pytest.mark.skip(
            reason=f"lab {lab.name} needs {' and '.join(lab.missing)}: make deep"
        )
        for item in items:
            if lab.name in item.nodeid:
                item.add_marker(skip)


def pytest_terminal_summary(terminalreporter):
    """Print the zoo's two numbers."""
    ran = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    told = [pair for r in ran if getattr(r, "when", None) == "call" for pair in r.user_properties]
    for name, of in (("caught", "wrong answers"), ("fair", "right answers")):
        outcomes = [value for key, value in told if key == name]
        if outcomes:
            share = 100 * sum(outcomes) / len(outcomes)
            terminalreporter.write_line(
                f"zoo: {name} {share:.1f} % ({sum(outcomes)} of {len(outcomes)} {of})"
            )
