"""Grading: one notebook, or everything that was collected for a lab, into records and the gradebook."""

import contextlib
import functools
import hashlib
import inspect
import json
import logging
import secrets
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat

from .files import write_text
from .folder import CourseError
from .judge import judge_notebook
from .kernel import Nursery
from .lab import grade_id, is_manual_cell
from .release import write_environment
from .submission import Quarantine, read_submission, rebuild


@contextlib.contextmanager
def environment_of(lab):
    """A temporary folder with the `helpers` and data that the lab's bundle holds, for kernels to import.

    Raises
    ------
    CourseError
        If the lab needs packages that are not installed: every answer would seem wrong.
    """
    if lab.missing:
        raise CourseError(
            f"Lab {lab.name} cannot be graded here: {' and '.join(lab.missing)} must be installed first."
            " Run `make deep` in the course's folder. No grade has changed."
        )
    with tempfile.TemporaryDirectory(prefix="e") as folder:
        write_environment(Path(folder), lab)
        yield Path(folder)


def grade_rebuilt(lab, notebook, problems, nursery, seed, student):
    """Judge a rebuilt notebook, whose outputs are filled in, and give its record."""
    seed = secrets.randbits(32) if seed is None else seed
    verdict = judge_notebook(lab, notebook, nursery, seed)
    tasks = [_task_record(task, verdict) for task in lab.tasks]
    manual = _unanswered_is_zero(lab, notebook)
    return _record(
        lab,
        student,
        score=_sum(t["score"] for t in tasks),
        manual=manual,
        status="graded" if manual is not None else "needs-manual",
        problems=[*problems, *verdict.problems],
        seed=seed,
        tasks=tasks,
    )


def grade_file(lab, path, nursery, seed=None, student=None):
    """Grade one notebook file without any gradebook.

    Parameters
    ----------
    lab : Lab
    path : path
    nursery : Nursery
    seed : int, optional
        Seed of the hidden checks' inputs; drawn anew by default.
    student : str, optional
        Name for the record; by default the file's name.

    Returns
    -------
    record : dict
        As `design` of the command line promises it; "quarantined" where the file cannot be graded.
    notebook : NotebookNode or None
        The graded notebook with its outputs.
    """
    start = time.monotonic()
    student = student or Path(path).stem
    try:
        rebuilt = rebuild(lab, read_submission(path))
        notebook = rebuilt.notebook
        record = grade_rebuilt(lab, notebook, rebuilt.problems, nursery, seed, student)
    except Quarantine as reason:
        record, notebook = quarantined(lab, student, str(reason)), None
    except Exception as error:
        # A mistake of ours must cost one submission, not the class its grades.
        logging.getLogger(__name__).exception("%s could not be graded", path)
        reason = f"Grading stopped with a mistake of ours ({type(error).__name__}: {error}). Grade it again, or by hand."
        record, notebook = quarantined(lab, student, reason), None
    record["seconds"] = round(time.monotonic() - start, 2)
    return record, notebook


def grade_files(lab, paths, jobs=1, seed=None, trust=False, on_result=lambda record: None):
    """Grade single files; the records come in the order of the paths."""
    seed = secrets.randbits(32) if seed is None else seed
    records = {}
    for path, (record, _) in _in_parallel(lab, {p: (p, None) for p in paths}, jobs, seed, trust):
        records[path] = record
        on_result(record)
    return [records[path] for path in paths]


def grade_class(
    lab, students=None, jobs=1, resume=False, seed=None, trust=False, on_result=lambda record: None
):
    """Grade what was collected for a lab, into nbgrader's gradebook and folders.

    Parameters
    ----------
    lab : Lab
    students : list of str, optional
        Only these; by default all who handed in.
    jobs : int
        How many submissions are graded at the same time.
    resume : bool
        Whether submissions that were graded before, with the same checks, are left as they are.
    seed : int, optional
        Seed of the hidden checks' inputs, one for the whole class.
    trust : bool
        Whether every submission is trusted, and kernels need not be shut in.
    on_result : callable
        Called with each record as soon as it is kept.

    Returns
    -------
    list of records, by student
    """
    from . import gradebook  # nbgrader takes a second to load; single files need no gradebook

    folder = lab.folder
    students = folder.students(lab.name) if students is None else students
    records = {s: r for s in students if resume and (r := _finished(lab, s))}
    for record in records.values():
        on_result(record)
    if seed is None:
        seed = next((r["seed"] for r in records.values() if r.get("seed")), secrets.randbits(32))
    todo = {s: (folder.submission(s, lab.name), s) for s in students if s not in records}
    with gradebook.opened(folder) as book:
        if not gradebook.is_registered(book, lab):
            gradebook.register(lab)
            book.db.expire_all()
        # Workers only compute; this thread alone writes. A record is written last: it says all is kept.
        for student, (record, notebook) in _in_parallel(lab, todo, jobs, seed, trust):
            _keep(book, lab, student, record, notebook)
            records[student] = record
            on_result(record)
    return [records[s] for s in students]


def _in_parallel(lab, todo, jobs, seed, trust):
    """Yield (key, (record, notebook)) of {key: (path, student)} as they are done."""
    if not todo:
        return
    lab.released, lab.tasks  # noqa: B018  computed once here, not once in every thread
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(environment_of(lab))
        nursery = stack.enter_context(Nursery(environment, lab.imports, len(todo), trust))
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        stack.callback(pool.shutdown, cancel_futures=True)
        futures = {
            pool.submit(grade_file, lab, path, nursery, seed, student): key
            for key, (path, student) in todo.items()
        }
        for future in as_completed(futures):
            yield futures[future], future.result()


def _keep(book, lab, student, record, notebook):
    from . import gradebook

    folder = lab.folder
    graded = folder.step("autograded", student, lab.name)
    stamp = folder.step("submitted", student, lab.name) / "timestamp.txt"
    shutil.rmtree(graded, ignore_errors=True)
    if notebook is None:
        gradebook.withdraw(book, lab, student)
    else:
        write_text(graded / f"{lab.name}.ipynb", nbformat.writes(notebook))
        timestamp = stamp.read_text(encoding="utf-8").strip() if stamp.is_file() else None
        gradebook.save(book, lab, student, notebook, timestamp)
        if stamp.is_file():
            shutil.copy(stamp, graded)
    write_result(lab, record, folder.submission(student, lab.name))


def write_result(lab, record, submission):
    """Keep a submission's record, with a fingerprint of what it was made from, for `--resume` and feedback."""
    path = lab.folder.results(lab.name) / f"{record['student']}.json"
    kept = {**record, "fingerprint": _fingerprint(lab, submission)}
    write_text(path, json.dumps(kept, ensure_ascii=False, indent=1))


def read_result(lab, student):
    """The record kept of a student's submission, or None."""
    path = lab.folder.results(lab.name) / f"{student}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _finished(lab, student):
    record = read_result(lab, student)
    path = lab.folder.submission(student, lab.name)
    if record and record.pop("fingerprint", None) == _fingerprint(lab, path):
        return record
    return None


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


def quarantined(lab, student, reason):
    """The record of a submission that cannot be graded."""
    return _record(lab, student, status="quarantined", problems=[reason])


def _record(lab, student, **found):
    """A record as the command line promises it; what was not found out is null or empty."""
    return {
        "lab": lab.name,
        "student": student,
        "score": None,
        "max_score": lab.max_score,
        "manual": None,
        "max_manual": _sum(lab.manual.values()),
        "status": None,
        "problems": [],
        "seconds": 0.0,
        "seed": None,
        "tasks": [],
        **found,
    }


def _task_record(task, verdict):
    checks = [
        {
            "name": r.name,
            "title": r.title,
            "points": r.points,
            "max_points": r.max_points,
            "passed": r.passed,
            "message": r.message,
            "hidden": r.hidden,
            "answered": r.answered,
            "blames": list(r.blames),
        }
        for r in verdict.results[task.name]
    ]
    return {
        "task": task.name,
        "score": verdict.score(task.name),
        "max_score": task.max_score,
        "checks": checks,
    }


def _unanswered_is_zero(lab, notebook):
    """0.0 when no manually graded cell was answered, else None: a person has to read them."""
    released = {grade_id(c): c.source for c in lab.released.cells if is_manual_cell(c)}
    answers = {grade_id(c): c.source for c in notebook.cells if is_manual_cell(c)}
    return 0.0 if answers == released else None


def _sum(points):
    # Points are written in tenths and quarters; sums of them should print like that.
    return round(float(sum(points)), 9)
