"""What is kept of a grading run, so that killing it at any moment loses no finished result.

The journal is one JSON file for every graded submission, `build/results/<lab>/<student>.json`. It is
forgotten before anything else of a submission is written, and written, whole, after everything else:
where it stands, the gradebook and the graded notebook hold the same result. Where it is missing or cut,
`--resume` grades the submission again. So there is nothing to roll back, and no second journal.
"""

import contextlib
import functools
import hashlib
import inspect
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from .files import write_text
from .folder import CourseError

try:
    import fcntl
except ImportError:  # not a system on which anything can be graded
    fcntl = None

PREFIX = "grading-"
NEWBORN = 60.0  # s; a folder this young may just not have been claimed yet
MAX_LOG = 30_000  # characters


def write_result(lab, record, submission, again=False):
    """Keep a submission's record, with a fingerprint of what it was made from, for `--resume` and feedback.

    Parameters
    ----------
    lab : Lab
    record : dict
    submission : path
        What was handed in.
    again : bool
        Whether `--resume` shall grade it again all the same.
    """
    path = _result_path(lab, record["student"])
    kept = {**record, "fingerprint": None if again else _fingerprint(lab, submission)}
    write_text(path, json.dumps(kept, ensure_ascii=False, indent=1))
    # A machine that loses its power must not find an empty file under this name.
    with open(path) as file:
        os.fsync(file.fileno())


def read_result(lab, student):
    """The record kept of a student's submission, or None."""
    try:
        record = json.loads(_result_path(lab, student).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def forget_result(lab, student):
    """Take a record back, before what it says is changed."""
    _result_path(lab, student).unlink(missing_ok=True)


def finished(lab, student):
    """The record of a submission that need not be graded again, as nothing has changed since, or None."""
    record = read_result(lab, student)
    path = lab.folder.submission(student, lab.name)
    if record and record.pop("fingerprint", None) == _fingerprint(lab, path):
        return record
    return None


def write_log(lab, student, text):
    """Keep what happened to one submission, in `build/logs/<lab>/<student>.log`."""
    if len(text) > MAX_LOG:
        text = text[:MAX_LOG] + "\n[The rest was cut.]\n"
    write_text(lab.folder.build / "logs" / lab.name / f"{student}.log", text)


@contextlib.contextmanager
def only_writer(folder):
    """Keep every other `course grade` out of a course folder; what killed ones left half written is removed.

    Raises
    ------
    CourseError
        If one is at work.
    """
    folder.build.mkdir(parents=True, exist_ok=True)
    with open(folder.build / ".grading", "w") as lock:
        if not _claim(lock):
            raise CourseError(
                f"Another `course grade` is at work in {folder.root}. Wait until it has ended, or stop it."
            )
        for left in folder.build.glob("*/*/.writing-*"):
            left.unlink(missing_ok=True)
        yield


@contextlib.contextmanager
def run_folder():
    """A temporary folder for the length of a run; if the run is killed, the next one removes it."""
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    with open(folder / "lock", "w") as lock:
        _claim(lock)
        try:
            yield folder
        finally:
            _remove(folder)


def _remove(folder):
    for _ in range(20):  # what was just killed may still be writing
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)


def _remove_abandoned():
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            stat = folder.stat()
            if stat.st_uid != os.getuid() or time.time() - stat.st_mtime < NEWBORN:
                continue
            with open(folder / "lock", "a") as lock:
                if _claim(lock):
                    _remove(folder)


def _claim(file):
    """Whether nobody else holds a file; the system lets go of it when its holder ends, however that is."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk in the network that knows no locks
        return True
    return True


def _result_path(lab, student):
    return lab.folder.results(lab.name) / f"{student}.json"


def _fingerprint(lab, path):
    """Changes whenever the submission, the lab or one of its checks does."""
    digest = _fingerprint_of_lab(lab).copy()
    with contextlib.suppress(OSError):
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()


@functools.cache
def _fingerprint_of_lab(lab):
    digest = hashlib.sha256(lab.path.read_bytes())
    for module in sorted({inspect.getsourcefile(c.function) for c in lab.checks}):
        digest.update(Path(module).read_bytes())
    return digest
