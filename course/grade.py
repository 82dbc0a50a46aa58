"""Grading: one notebook, or everything that was collected for a lab, into records and the gradebook."""

import contextlib
import logging
import secrets
import shutil
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat

from .crew import Crew
from .files import disk_is_full, write_text
from .folder import CourseError
from .journal import (
    finished,
    forget_result,
    only_writer,
    read_result,
    write_log,
    write_result,
)
from .judge import judge_notebook
from .lab import grade_id, is_manual_cell
from .release import environment_of
from .submission import Quarantine, read_submission, rebuild

__all__ = [
    "environment_of", "grade_class", "grade_file", "grade_files", "grade_rebuilt", "grade_submission",
    "outcome_of", "quarantined", "read_result", "write_result",
]  # fmt: skip


def _new_seed():
    # More than a student's code could try, to foretell what the next check will ask.
    return secrets.randbits(128)


def grade_rebuilt(lab, notebook, problems, nursery, seed, student):
    """Judge a rebuilt notebook, whose outputs are filled in, and give its record."""
    seed = _new_seed() if seed is None else seed
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
        record, notebook = grade_submission(lab, path, nursery, seed, student)
    except Exception as error:
        # A mistake of ours must cost one submission, not the class its grades.
        logging.getLogger(__name__).exception("%s could not be graded", path)
        record, notebook = failed(lab, student, f"{type(error).__name__}: {error}"), None
    record["seconds"] = round(time.monotonic() - start, 2)
    return record, notebook


def grade_submission(lab, path, nursery, seed, student):
    """Like `grade_file`, but a mistake of ours is raised."""
    try:
        rebuilt = rebuild(lab, read_submission(path))
    except Quarantine as reason:
        return quarantined(lab, student, str(reason)), None
    notebook = rebuilt.notebook
    return grade_rebuilt(lab, notebook, rebuilt.problems, nursery, seed, student), notebook


def grade_files(
    lab, paths, jobs=1, seed=None, trust=False, on_result=lambda record: None, scheduler=None
):
    """Grade single files; the records come in the order of the paths."""
    seed = _new_seed() if seed is None else seed
    records = {}
    todo = {path: (path, Path(path).stem) for path in paths}
    for path, outcome in _outcomes(lab, todo, jobs, scheduler, seed, trust):
        records[path] = outcome["record"]
        on_result(outcome["record"])
    return [records[path] for path in paths]


def grade_class(
    lab, students=None, jobs=1, resume=False, seed=None, trust=False,
    on_result=lambda record: None, scheduler=None,
):  # fmt: skip
    """Grade what was collected for a lab, into nbgrader's gradebook and folders.

    Parameters
    ----------
    lab : Lab
    students : list of str, optional
        Only these; by default all who handed in.
    jobs : int
        How many submissions are graded at the same time, each in a process of its own.
    resume : bool
        Whether submissions that were graded before, with the same checks, are left as they are.
    seed : int, optional
        Seed of the hidden checks' inputs, one for the whole class.
    trust : bool
        Whether every submission is trusted, and kernels need not be shut in.
    on_result : callable
        Called with each record as soon as it is kept.
    scheduler : str, optional
        The address of a dask.distributed cluster that grades, in place of processes on this machine.

    Returns
    -------
    list of records, by student

    Raises
    ------
    CourseError
        If nothing can be graded, here or on the cluster; finished results are kept.
    """
    from . import gradebook  # nbgrader takes a second to load; single files need no gradebook

    folder = lab.folder
    students = folder.students(lab.name) if students is None else students
    records = {s: r for s in students if resume and (r := finished(lab, s))}
    for record in records.values():
        on_result(record)
    if seed is None:
        seed = next((r["seed"] for r in records.values() if r.get("seed")), _new_seed())
    todo = {s: (folder.submission(s, lab.name), s) for s in students if s not in records}
    with only_writer(folder), gradebook.opened(folder) as book, _saying_what_is_kept():
        if not gradebook.is_registered(book, lab):
            gradebook.register(lab)
            book.db.expire_all()
        # Others only compute; this thread alone writes.
        for student, outcome in _outcomes(lab, todo, jobs, scheduler, seed, trust):
            _keep(book, lab, student, outcome)
            records[student] = outcome["record"]
            on_result(outcome["record"])
    return [records[s] for s in students]


@contextlib.contextmanager
def _saying_what_is_kept():
    try:
        yield
    except Exception as error:
        if not disk_is_full(error) and "disk is full" not in str(error):  # SQLite says it in words
            raise
        file = f" ({error.filename})" if getattr(error, "filename", None) else ""
        raise CourseError(
            f"The disk is full{file}. Finished results are kept: free some space, then run the same command"
            " with --resume."
        ) from error


def _outcomes(lab, todo, jobs, scheduler, seed, trust):
    """Yield (key, outcome) of {key: (path, student)} as they are done; see `Crew.grade`."""
    if not todo:
        return
    if scheduler:
        from .cluster import grade_on_cluster

        outcomes = grade_on_cluster(lab, todo, scheduler, seed, trust)
    else:
        outcomes = _on_this_machine(lab, todo, jobs, seed, trust)
    with contextlib.closing(outcomes):
        for key, outcome in outcomes:
            yield key, outcome if "record" in outcome else _given_up(lab, todo[key][1], outcome)


def _on_this_machine(lab, todo, jobs, seed, trust):
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        stack.callback(pool.shutdown, cancel_futures=True)
        crew = stack.enter_context(Crew(lab, trust))
        futures = {
            pool.submit(crew.grade, path, student, seed): key
            for key, (path, student) in todo.items()
        }
        for future in as_completed(list(futures)):
            yield futures.pop(future), future.result()


def _given_up(lab, student, outcome):
    record = failed(lab, student, outcome["failed"])
    return {**outcome_of(record), "again": True, "log": outcome["log"]}


def _keep(book, lab, student, outcome):
    from . import gradebook

    folder, record, text = lab.folder, outcome["record"], outcome["notebook"]
    graded = folder.step("autograded", student, lab.name)
    stamp = folder.step("submitted", student, lab.name) / "timestamp.txt"
    submission = folder.submission(student, lab.name)
    # A record says that all the rest is kept: it goes first and comes last.
    forget_result(lab, student)
    shutil.rmtree(graded, ignore_errors=True)
    if text is None:
        gradebook.withdraw(book, lab, student)
    else:
        write_text(graded / f"{lab.name}.ipynb", text)
        timestamp = stamp.read_text(encoding="utf-8").strip() if stamp.is_file() else None
        gradebook.save(book, lab, student, nbformat.v4.reads(text), timestamp)
        if stamp.is_file():
            shutil.copy(stamp, graded)
    book.db.expunge_all()  # or every save would take longer than the one before
    write_log(lab, student, f"{submission}\n{outcome['log']}")
    write_result(lab, record, submission, again=outcome.get("again", False))


def outcome_of(record, notebook=None):
    """What travels from where something was graded to where it is kept: the record, the graded notebook and a log."""
    text = None if notebook is None else nbformat.writes(notebook)
    return {"record": record, "notebook": text, "log": describe(record, notebook)}


def describe(record, notebook):
    """What happened to a submission, as text: points, repairs, and how each cell ended.

    Parameters
    ----------
    record : dict
    notebook : NotebookNode or None
        The graded notebook.

    Returns
    -------
    str
    """
    lines = [
        f"{record['lab']}, {record['student']}: {record['status']}, {record['score']} of"
        f" {record['max_score']} points, {record['seconds']} s, seed {record['seed']}",
        *(f"problem: {problem}" for problem in record["problems"]),
    ]
    points = {f"{t['task']}-checks": f"{t['score']} of {t['max_score']}" for t in record["tasks"]}
    for cell in notebook.cells if notebook else ():
        if cell.cell_type == "code":
            name = grade_id(cell) or f"added cell {cell.id}"
            lines.append(f"{name:32} {points.get(name) or _how_it_ended(cell)}")
    return "\n".join(lines) + "\n"


def _how_it_ended(cell):
    error = next((o for o in cell.outputs if o.output_type == "error"), None)
    if error:
        return f"{error.ename}: {error.evalue}"[:300].replace("\n", " ")
    last = cell.outputs[-1] if cell.outputs else {}
    if last.get("name") == "stderr":
        return last["text"].strip()[-300:].replace("\n", " ")
    return "ok"


def failed(lab, student, reason):
    """The record of a submission on which our own code failed."""
    sentence = f"Grading stopped with a mistake of ours ({reason}). Grade it again, or by hand."
    return quarantined(lab, student, sentence)


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
