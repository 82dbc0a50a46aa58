"""Shared pieces of the test suite."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import contextlib
from pathlib import Path

import pytest

from course.folder import CourseFolder
from course.grade import environment_of
from course.kernel import Nursery
from course.lab import Lab

ROOT = Path(__file__).resolve().parents[1]
TALLY = {"caught": [], "fair": []}


@pytest.fixture(scope="session")
def lab():
    """Lab 01 of this repository."""
    return Lab(CourseFolder(ROOT), "01-toy-gmm")


@pytest.fixture(scope="session")
def nursery(lab):
    """Warm kernels that see what lab 01's bundle holds."""
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(environment_of(lab))
        yield stack.enter_context(Nursery(environment, lab.imports))


def pytest_terminal_summary(terminalreporter):
    """Print the zoo's two numbers."""
    for name, of in (("caught", "wrong answers"), ("fair", "right answers")):
        outcomes = TALLY[name]
        if outcomes:
            share = 100 * sum(outcomes) / len(outcomes)
            terminalreporter.write_line(
                f"zoo: {name} {share:.1f} % ({sum(outcomes)} of {len(outcomes)} {of})"
            )
