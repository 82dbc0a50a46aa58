"""Grading at scale: processes, a cluster, and what is left when any of them is killed."""

import contextlib
import errno
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time

import nbformat
import numpy as np
import psutil
import pytest
from classroom import LAB, ROOT, gradebook, hand_in, new_course

from course import journal
from course.answers import fill
from course.crew import Crew
from course.folder import CourseError
from course.grade import grade_class, read_result
from course.lab import Lab, grade_id

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="kernels are forked, and ended by POSIX signals"),
]
RIGHT, WRONG = "n_clusters * (1 + n_dims + n_dims * (n_dims + 1) // 2) - 1", "n_clusters * n_dims"
# What stands in an answer to make the grader itself fail; see `poison`.
EXITS, RAISES = "POISON: exits", "POISON: raises"


def light(lab, formula=RIGHT, note=""):
    """The text of a notebook with one answer that is quick to grade."""
    source = f"def n_parameters(n_clusters, n_dims):\n    # {note}\n    return {formula}"
    return nbformat.writes(fill(lab, {"n_parameters": source}))


def alike(records):
    """Records without what differs from run to run by nature."""
    return [{**record, "seconds": 0} for record in records]


def scores(lab):
    with gradebook(lab) as book:
        return {s.student.id: s.score for s in book.assignment_submissions(LAB)}


@pytest.fixture
def lab(tmp_path):
    """The smallest task of lab 01, and nothing else, in a course of its own."""
    lab = new_course(tmp_path / "course")
    notebook = nbformat.read(lab.path, 4)
    notebook.cells = [c for c in notebook.cells if str(grade_id(c)).startswith("n_parameters")]
    nbformat.write(notebook, lab.path)
    return Lab(lab.folder, LAB)


@pytest.fixture
def small_class(lab):
    """One of each: right, wrong, ending its kernel, unreadable, and a link to somebody else's."""
    hand_in(lab, "right", light(lab))
    hand_in(lab, "wrong", light(lab, WRONG))
    hand_in(lab, "ends", light(lab, "__import__('os')._exit(3)"))
    hand_in(lab, "cut", light(lab)[:500])
    path = hand_in(lab, "link", "")
    path.unlink()
    path.symlink_to(lab.folder.submission("right", LAB))
    return lab


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes of dask.distributed on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


@pytest.fixture
def poison(tmp_path, monkeypatch):
    """Make our own code fail, in every grading process, on answers that ask for it."""
    (tmp_path / "poison").mkdir()
    (tmp_path / "poison" / "sitecustomize.py").write_text(f"""\
import os
import sys

if "course.worker" in sys.orig_argv:
    sys.modules.setdefault("rfc3987_syntax", None)
    from course import judge

    right = judge.judge_notebook

    def judge_notebook(lab, notebook, *rest):
        text = "".join(cell.source for cell in notebook.cells)
        if "{EXITS}" in text:
            os._exit(9)
        if "{RAISES}" in text:
            raise RuntimeError("poisoned")
        return right(lab, notebook, *rest)

    judge.judge_notebook = judge_notebook
""")
    paths = [str(tmp_path / "poison"), str(ROOT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


def test_results_are_the_same_for_any_number_of_processes_and_on_a_cluster(small_class, cluster):
    one = grade_class(small_class, jobs=1, seed=5)
    found = scores(small_class)
    assert {r["student"]: r["score"] for r in one} == {
        "cut": None, "ends": 0.0, "link": None, "right": 0.5, "wrong": found["wrong"],
    }  # fmt: skip
    assert found["wrong"] < found["right"] == 0.5
    assert alike(grade_class(small_class, jobs=3, seed=5)) == alike(one)
    assert scores(small_class) == found
    on_cluster = grade_class(small_class, seed=5, scheduler=cluster.scheduler_address)
    assert alike(on_cluster) == alike(one)
    assert scores(small_class) == found


def test_a_cluster_goes_on_when_one_of_its_workers_is_killed(lab, cluster):
    students = [f"s{number}" for number in range(6)]
    for student in students:
        hand_in(lab, student, light(lab))
    victims = iter([cluster.workers[0].pid])

    def kill_once(record):
        for pid in victims:
            os.kill(pid, signal.SIGKILL)

    records = grade_class(lab, scheduler=cluster.scheduler_address, on_result=kill_once)
    assert [r["score"] for r in records] == [0.5] * 6


def test_a_cluster_with_another_version_of_the_lab_is_refused(lab, cluster, monkeypatch):
    hand_in(lab, "ada", light(lab))
    from course import cluster as module

    version = module.version
    monkeypatch.setattr(module, "version", lambda lab: version(lab) | {"the course": "of old"})
    with pytest.raises(
        CourseError, match=r"the course is \w+ there and of old here. Install the same"
    ):
        grade_class(lab, scheduler=cluster.scheduler_address)
    assert read_result(lab, "ada") is None


def test_a_scheduler_that_is_not_there_is_named(lab, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("course.cluster.CONNECT_SECONDS", 1)
    hand_in(lab, "ada", light(lab))
    with pytest.raises(
        CourseError, match=r"No scheduler of dask.distributed answers at tcp://127\.0\.0\.1:9"
    ):
        grade_class(lab, scheduler="tcp://127.0.0.1:9")


def test_what_breaks_the_grader_twice_is_quarantined_and_nobody_else_is(lab, poison):
    hand_in(lab, "ada", light(lab))
    hand_in(lab, "exits", light(lab, note=EXITS))
    hand_in(lab, "raises", light(lab, note=RAISES))
    hand_in(lab, "zoë", light(lab))
    records = {r["student"]: r for r in grade_class(lab, jobs=2)}
    assert {s: r["status"] for s, r in records.items()} == {
        "ada": "graded", "exits": "quarantined", "raises": "quarantined", "zoë": "graded",
    }  # fmt: skip
    assert [records[s]["score"] for s in ("ada", "zoë")] == [0.5, 0.5]
    assert "the process that graded it ended (exit status 9)" in records["exits"]["problems"][0]
    assert "RuntimeError: poisoned" in records["raises"]["problems"][0]
    log = (lab.folder.build / "logs" / LAB / "raises.log").read_text("utf-8")
    assert "attempt 1: RuntimeError" in log
    assert "attempt 2: RuntimeError" in log
    assert "Traceback" in log


def test_what_we_failed_on_is_graded_again_on_resuming(lab, poison, monkeypatch):
    hand_in(lab, "raises", light(lab, note=RAISES))
    hand_in(lab, "ada", light(lab))
    grade_class(lab)
    stamp = result_path(lab, "ada").stat().st_mtime_ns
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert [r["score"] for r in grade_class(lab, resume=True)] == [0.5, 0.5]
    assert result_path(lab, "ada").stat().st_mtime_ns == stamp


def test_a_process_that_is_killed_costs_its_submission_one_attempt(lab, tmp_path):
    path = hand_in(lab, "slow", light(lab, "__import__('time').sleep(2) or 0"))
    with Crew(lab) as crew:
        outcomes = []
        grading = threading.Thread(target=lambda: outcomes.append(crew.grade(path, "slow", 1)))
        grading.start()
        (first,) = await_(crew.pids)
        await_(
            lambda: len(descendants(first)) > 3
        )  # the wall, the nursery, a keeper and its kernel
        os.kill(first, signal.SIGKILL)
        (second,) = await_(lambda: [pid for pid in crew.pids() if pid != first])
        grading.join(timeout=120)
    assert outcomes[0]["record"]["status"] == "graded"
    assert outcomes[0]["log"].startswith("attempt 1: the process that graded it ended (signal 9)")
    assert not psutil.pid_exists(second)


def test_a_log_says_how_each_cell_ended(small_class):
    path = small_class.folder.submission("wrong", LAB)
    text = path.read_text("utf-8")
    hand_in(small_class, "stops", text.replace("n_clusters * n_dims", "1 +* 2"))
    grade_class(small_class, students=["stops", "cut"])
    logs = small_class.folder.build / "logs" / LAB
    lines = (logs / "stops.log").read_text("utf-8").splitlines()
    assert [line.split()[1] for line in lines if line.startswith("n_parameters ")] == [
        "SyntaxError:"
    ]
    assert [line.split()[1:] for line in lines if line.startswith("n_parameters-checks")] == [
        ["0.0", "of", "0.5"]
    ]
    assert "not valid JSON" in (logs / "cut.log").read_text("utf-8")


def test_a_log_stays_short(lab):
    journal.write_log(lab, "ada", "x" * 10**6)
    assert (lab.folder.build / "logs" / LAB / "ada.log").stat().st_size < 1.1 * journal.MAX_LOG


@pytest.mark.parametrize("text", ["", '{"student": "ada", "sc', "[]", "null"])
def test_a_record_that_was_cut_is_graded_again_and_no_other(lab, text):
    for student in ("ada", "zoë"):
        hand_in(lab, student, light(lab))
    grade_class(lab, seed=3)
    result_path(lab, "ada").write_text(text)
    stamp = result_path(lab, "zoë").stat().st_mtime_ns
    records = grade_class(lab, resume=True)
    assert [(r["score"], r["seed"]) for r in records] == [(0.5, 3), (0.5, 3)]
    assert read_result(lab, "ada")["score"] == 0.5
    assert result_path(lab, "zoë").stat().st_mtime_ns == stamp


def test_a_full_disk_keeps_what_is_finished(lab, monkeypatch):
    for student in ("a", "b", "c"):
        hand_in(lab, student, light(lab))
    seen = itertools.count()
    from course import grade

    def save(*arguments):
        if next(seen) == 1:
            raise OSError(errno.ENOSPC, "No space left on device", "/full/disk")
        return write_text(*arguments)

    write_text = grade.write_text
    monkeypatch.setattr(grade, "write_text", save)
    with pytest.raises(
        CourseError, match=r"The disk is full \(/full/disk\). Finished results are kept"
    ):
        grade_class(lab)
    (kept,) = finished(lab)
    assert [r["score"] for r in grade_class(lab, resume=True)] == [0.5] * 3
    assert kept in finished(lab)


def test_two_runs_in_one_course_do_not_write_at_the_same_time(lab):
    hand_in(lab, "ada", light(lab))
    with (
        journal.only_writer(lab.folder),
        pytest.raises(CourseError, match="Another `course grade` is at work"),
    ):
        grade_class(lab)


def test_the_folder_of_a_killed_run_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with journal.run_folder() as living:
        (dead := tmp_path / f"{journal.PREFIX}dead").mkdir()
        (dead / "lock").touch()
        for folder in (living, dead):
            os.utime(folder, (0, 0))
        with journal.run_folder():
            assert living.exists()
            assert not dead.exists()
    assert not living.exists()


def test_ctrl_c_keeps_what_is_finished_and_ends_everything(lab):
    for number in range(8):
        hand_in(lab, f"s{number}", light(lab))
    process = start(lab)
    await_(lambda: finished(lab), process)
    family = descendants(process.pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "finished results are kept; run again with --resume" in said
    await_(lambda: not any(map(psutil.pid_exists, family)))
    assert len(finished(lab)) < 8


def test_random_kills_lose_nothing(lab, tmp_path):
    """SIGKILL of the parent, of grading processes, of walls and of kernels, in turn and at random moments."""
    rng, n = np.random.default_rng(7), 30
    right = {f"s{number:02}": bool(number % 3) for number in range(n)}
    for student, is_right in right.items():
        hand_in(lab, student, light(lab, RIGHT if is_right else WRONG))
    kept = {}
    process = start(lab)
    for victim in ("course.worker", "parent", "bwrap", "kernel", "parent"):
        so_far = len(finished(lab))
        await_(lambda n=so_far: len(finished(lab)) > n, process)
        time.sleep(rng.uniform(0, 0.5))
        family = descendants(process.pid)
        pids = {"parent": [process.pid], "kernel": family[-1:]}.get(victim)
        pids = pids or descendants(process.pid, victim) or descendants(process.pid, "unshare")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pids[rng.integers(len(pids))], signal.SIGKILL)
        # Nothing that was finished may ever change.
        now = {s: result_path(lab, s).read_bytes() for s in finished(lab)}
        assert kept.items() <= now.items()
        kept = now
        if victim == "parent":
            process.wait(timeout=10)
            await_(lambda pids=family: not any(map(psutil.pid_exists, pids)))
            process = start(lab)
    assert process.wait(timeout=240) in (0, 3)
    assert kept.items() <= {s: result_path(lab, s).read_bytes() for s in finished(lab)}.items()
    found = scores(lab)
    assert set(found) == set(right)
    for student, is_right in right.items():
        record = read_result(lab, student)
        assert record["score"] == found[student]
        assert (record["score"] == 0.5) == is_right, record


def start(lab):
    """`course grade --jobs 2 --resume` as a process."""
    environment = {**os.environ, "COURSE_ROOT": str(lab.folder.root), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "course", "grade", LAB, "--jobs", "2", "--resume"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def descendants(pid, *words):
    """The process ids of what a process has started, at any remove; only those called by one of the words."""
    found = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                name = " ".join(child.cmdline()[:4])
                if not words or any(word in name for word in words):
                    found.append(child.pid)
    return found


def result_path(lab, student):
    return lab.folder.results(lab.name) / f"{student}.json"


def finished(lab):
    """Who has a whole record."""
    found = set()
    for path in lab.folder.results(lab.name).glob("[!.]*.json"):
        with contextlib.suppress(ValueError, OSError):
            json.loads(path.read_text(encoding="utf-8"))
            found.add(path.stem)
    return found


def await_(condition, process=None, seconds=120):
    """Wait until something is true, and give it."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert process is None or process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
    return value
