"""Grading on an existing dask.distributed cluster: its workers compute, this process alone writes.

With each submission travel its bytes and the lab's notebook; the course itself, with its hidden checks,
must be installed where the workers run, in the same version. There, a `Crew` grades as on one machine:
a submission that ends its process does not take the cluster's worker along. If a worker is lost
all the same, the cluster gives its submissions to another one.
"""

import atexit
import contextlib
import functools
import hashlib
import logging
import platform
import tempfile
import threading
from importlib import metadata
from pathlib import Path

import nbformat

import helpers

from .crew import ATTEMPTS, Crew
from .folder import CourseError, CourseFolder
from .grade import outcome_of, quarantined
from .lab import Lab
from .release import write_environment
from .submission import Quarantine, read_bytes

CONNECT_SECONDS = 20
COMPUTES = ("numpy", "scipy", "scikit-learn", "matplotlib")  # what scores may depend on


def grade_on_cluster(lab, todo, address, seed, trust=False):
    """Grade on the workers of a scheduler.

    Parameters
    ----------
    lab : Lab
    todo : dict
        (path, student) by any key.
    address : str
        Of the scheduler, such as "tcp://127.0.0.1:8786".
    seed : int
    trust : bool
        Whether kernels need not be shut in.

    Yields
    ------
    key
    dict
        As `Crew.grade` gives it.

    Raises
    ------
    CourseError
        If there is no cluster, or a worker has another version of the course.
    """
    with _connected(address) as (distributed, client):
        parts = _parts(lab)
        _refuse_other_versions(client, address, parts)
        waiting, lost, running = list(reversed(todo)), {}, {}
        done = distributed.as_completed(loop=client.loop)
        while waiting or running:
            # What waits stays here: a cluster need not hold the bytes of a whole class.
            while waiting and len(running) <= sum(client.nthreads().values()):
                key = waiting.pop()
                path, student = todo[key]
                try:
                    content = read_bytes(path)
                except Quarantine as reason:
                    yield key, outcome_of(quarantined(lab, student, str(reason)))
                    continue
                future = client.submit(
                    _grade, parts, Path(path).name, content, student, seed, trust, pure=False
                )
                running[future.key] = key
                done.add(future)
                del content, future
            if not running:
                break
            future = next(done)
            key = running.pop(future.key)
            outcome = _outcome(distributed, future, address)
            if outcome is None:  # every worker that had it was lost
                lost[key] = lost.get(key, 0) + 1
                if lost[key] < ATTEMPTS:
                    waiting.insert(0, key)
                    continue
                reason = "the workers that graded it ended, again and again"
                outcome = {"failed": reason, "log": f"{reason}\n"}
            yield key, outcome


@contextlib.contextmanager
def _connected(address):
    try:
        import distributed
    except ImportError:
        raise CourseError(
            "--scheduler needs dask.distributed: install the course with its extra `cluster`."
        ) from None
    for name in ("distributed.core", "distributed.client", "distributed.comm", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CourseError(
            f"No scheduler of dask.distributed answers at {address} ({error}). Is it running, and is the"
            " address the one it printed?"
        ) from error
    with client:
        yield distributed, client


def _parts(lab):
    """What a worker makes the lab of, and how it knows that all the rest is the same there."""
    notebook = nbformat.from_dict(lab.notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return {"lab": lab.name, "notebook": nbformat.writes(notebook), "version": version(lab)}


def version(lab):
    """Everything but the lab's notebook that a score may depend on.

    Parameters
    ----------
    lab : Lab

    Returns
    -------
    dict
        Versions by name; that of `the course` stands for its code, checks and data.
    """
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        write_environment(folder, lab)
        given = [path for path in Path(folder).rglob("*") if path.is_file()]
        ours = [
            path
            for package in (__file__, helpers.__file__)
            for path in Path(package).parent.rglob("*.py")
        ]
        for path in (*sorted(given), *sorted(ours)):
            digest.update(path.name.encode() + path.read_bytes())
    versions = {
        "the course": digest.hexdigest()[:12],
        "Python": ".".join(platform.python_version_tuple()[:2]),
    }
    return versions | {name: metadata.version(name) for name in COMPUTES}


def _refuse_other_versions(client, address, parts):
    found = client.run(_difference, parts, on_error="return")
    if not found:
        raise CourseError(
            f"The cluster at {address} has no workers yet. Start some, then try again."
        )
    for worker, difference in found.items():
        if isinstance(difference, Exception):
            difference = f"the course cannot be loaded there ({difference})"
        if difference:
            raise CourseError(_refusal(worker, difference))


def _refusal(worker, difference):
    return (
        f"The worker {worker} would grade otherwise than this machine: {difference}. Install the same"
        " version of the course and its packages there, and start the worker again."
    )


def _outcome(distributed, future, address):
    """What a worker answered; None if it was lost."""
    try:
        outcome = future.result()
    except distributed.scheduler.KilledWorker:
        return None
    except CourseError:
        raise
    except (distributed.CancelledError, OSError, TimeoutError) as error:
        raise CourseError(
            f"The scheduler at {address} has gone. Finished results are kept: start it, then run the same"
            " command with --resume."
        ) from error
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}", "log": f"{error}\n"}
    if "stop" in outcome:
        raise CourseError(outcome["stop"])
    return outcome


# What follows runs on the workers.


def _difference(parts):
    """In what this worker differs, in words, or None."""
    here = version(_lab(parts["lab"], parts["notebook"]))
    for name, wanted in parts["version"].items():
        if here[name] != wanted:
            return f"{name} is {here[name]} there and {wanted} here"
    return None


def _grade(parts, name, content, student, seed, trust):
    difference = _difference_once(tuple(parts["version"].items()), parts["lab"], parts["notebook"])
    if difference:
        return {"stop": _refusal(platform.node(), difference)}
    crew = _crew(parts["lab"], parts["notebook"], trust)
    with tempfile.TemporaryDirectory(dir=crew.folder) as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return crew.grade(path, student, seed)


_loading = threading.Lock()


@functools.cache
def _difference_once(version, name, notebook):
    return _difference({"version": dict(version), "lab": name, "notebook": notebook})


def _crew(name, notebook, trust):
    with _loading:
        return _crew_once(name, notebook, trust)


@functools.cache
def _crew_once(name, notebook, trust):
    crew = Crew(_lab(name, notebook), trust)
    atexit.register(crew.close)
    return crew


@functools.cache
def _lab(name, notebook):
    root = tempfile.TemporaryDirectory(prefix="lab-")
    atexit.register(root.cleanup)
    path = Path(root.name) / "notebooks" / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(notebook, encoding="utf-8")
    return Lab(CourseFolder(Path(root.name)), name)
