"""A simulated class of lab 01, graded to the end.

    python tests/benchmarks/bench_class.py                   overheads, and classes of 10 and 20
    python tests/benchmarks/bench_class.py --students 2000   overheads, and a class of 2,000 (an hour)
    python tests/benchmarks/bench_class.py --students 2000 --tiny      the smallest task alone
    python tests/benchmarks/bench_class.py --students 200 --kills 20   SIGKILLs at random moments

The class hands in the reference's answers and, in turn, those of the zoo that differ from them in tasks
that cost little whoever answers; with --all those of the whole zoo, some of which take minutes.
Printed are CPU seconds for each submission and the memory of all processes together, by fifths of the
run: both must be flat, else time or memory grow faster than the class. Then a cluster of dask.distributed
on this machine grades the first of the same submissions, and so does one process. One BLAS thread each.
"""

import argparse
import collections
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ["OPENBLAS_NUM_THREADS"] = "1"
LAB, SEED = "01-toy-gmm", 7
TINY = "n_parameters"
CHEAP = {"sample_data", "n_parameters", "mog_bic"}
KINDS = ("the run", "a grading process", "a wall", "an interpreter", "a keeper", "a kernel")


def make_class(root, n, tiny=False, everything=False):
    """A course folder with n submissions; no two are the same file."""
    from course.answers import fill, read_answers, reference
    from course.demo import make_course
    from course.lab import Lab, grade_id

    lab = Lab(make_course(root), LAB)
    if tiny:
        notebook = nbformat.read(lab.path, 4)
        notebook.cells = [c for c in notebook.cells if str(grade_id(c)).startswith(TINY)]
        nbformat.write(notebook, lab.path)
        lab = Lab(lab.folder, LAB)
    answers = {"reference": {}}
    for kind in ("right", "wrong"):
        for path in sorted((ROOT / "tests/submissions" / LAB / kind).glob("*.py")):
            answers[path.stem] = read_answers(path)
    wanted = {TINY} if tiny else CHEAP
    chosen = [name for name, given in answers.items() if everything or given.keys() <= wanted]
    for number, name in zip(range(n), itertools.cycle(chosen), strict=False):
        given = reference(lab) | answers[name]
        given[TINY] += f"\n# student {number}"
        target = lab.folder.submission(f"{name}-{number:04}", LAB)
        target.parent.mkdir(parents=True)
        nbformat.write(fill(lab, given), target)
    return lab


def start(lab, *arguments):
    """`course grade` as a process."""
    environment = {**os.environ, "COURSE_ROOT": str(lab.folder.root), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "course", "grade", LAB, "--seed", str(SEED), *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


class Watch(threading.Thread):
    """Samples the memory of a process and of all it started: rows of (s, done, bytes)."""

    def __init__(self, process, lab):
        super().__init__(daemon=True)
        self.process, self.results = process, lab.folder.results(LAB)
        self.rows = []

    def run(self):
        begin = time.monotonic()
        while self.process.poll() is None:
            held = 0
            for each in self._family():
                try:
                    held += each.memory_full_info().pss
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            done = len(list(self.results.glob("*.json")))
            self.rows.append((time.monotonic() - begin, done, held))
            time.sleep(max(0.5, (time.monotonic() - begin) / 200))

    def _family(self):
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def grade(lab, *arguments, limit=None):
    """Grade a class; returns wall seconds, CPU seconds and the samples."""
    before, begin = os.times(), time.monotonic()
    process = start(lab, *arguments)
    watch = Watch(process, lab)
    watch.start()
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    wall, after = time.monotonic() - begin, os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    watch.join()
    return wall, cpu, np.array(watch.rows)


def fifths(rows):
    """Seconds for each submission, and the greatest memory in MiB, in each fifth of a run."""
    new = rows[1:][np.diff(rows[:, 1]) > 0]  # when each count was first seen
    edges = np.linspace(new[0, 1], new[-1, 1], 6)
    times = np.interp(edges, new[:, 1], new[:, 0])
    each = np.diff(times) / np.diff(edges)
    parts = [rows[(rows[:, 0] >= a) & (rows[:, 0] <= b), 2] for a, b in itertools.pairwise(times)]
    return each, [part.max() / 2**20 if len(part) else float("nan") for part in parts]


def report_class(n, options):
    """Grade n submissions and print what they cost."""
    with tempfile.TemporaryDirectory() as folder:
        lab = make_class(Path(folder) / "c", n, options.tiny, options.all)
        wall, cpu, rows = grade(lab, "--jobs", str(options.jobs), limit=options.limit)
        done = len(list(lab.folder.results(LAB).glob("*.json")))
        print(
            f"class of {n}: {done} graded in {wall:.0f} s with {options.jobs} jobs, {cpu / done:.2f} CPU-s each,"
        )
        print(f"  {60 * done / wall:.1f} a minute, {60 * done / cpu:.1f} a minute and core")
        if done >= 10:
            each, held = fifths(rows)
            print("  s each, by fifths:  ", *(f"{x:6.2f}" for x in each))
            print("  memory in MiB:      ", *(f"{x:6.0f}" for x in held))
        print(f"  graded otherwise than others with the same answers: {_odd_ones(lab) or 'none'}")


def report_overheads():
    """What a submission costs before any of the student's code has run, and what a call adds."""
    from course.folder import CourseFolder
    from course.grade import environment_of
    from course.judge import Session
    from course.kernel import Nursery
    from course.lab import Lab
    from helpers.checks.answers import Answer

    lab = Lab(CourseFolder(ROOT), LAB)
    for trust in (True, False):
        with environment_of(lab) as environment:
            before, begin = os.times(), time.monotonic()
            with Nursery(environment, lab.imports, 10**9, trust) as nursery:
                nursery.kernel().close()
                ready = time.monotonic() - begin
                begin = time.monotonic()
                for _ in range(10):
                    with Session(nursery) as session:
                        session.execute("1")
                kernel = (time.monotonic() - begin) / 10
                with Session(nursery) as session:
                    session.execute("def f(x): return x")
                    answer = Answer("f", session)
                    begin = time.monotonic()
                    for number in range(200):
                        answer(number)
                    call = (time.monotonic() - begin) / 200
            after = os.times()
        cpu = sum(after[:4]) - sum(before[:4])
        print(
            f"{'trusted ' if trust else 'shut in '} nursery ready {ready:5.2f} s, a kernel {1000 * kernel:4.0f} ms,"
            f" a call {1000 * call:5.2f} ms; CPU of all that {cpu:.2f} s"
        )


def report_cluster(n, options):
    """The same submissions by one process and by a cluster of two workers."""
    try:
        from distributed import LocalCluster
    except ImportError:
        print("dask.distributed is not installed: no cluster to compare with")
        return
    with tempfile.TemporaryDirectory() as folder:
        lab = make_class(Path(folder) / "c", n, options.tiny, options.all)
        one = grade(lab, "--jobs", "1")
        records = _records(lab)
        with LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster:
            wall, *_ = grade(lab, "--scheduler", cluster.scheduler_address)
        same = _records(lab) == records
        print(
            f"{n} by one process {one[0]:.1f} s, by a cluster of two workers {wall:.1f} s, ratio"
            f" {one[0] / wall:.2f}; the same results: {same}"
        )


def _records(lab):
    paths = sorted(lab.folder.results(LAB).glob("*.json"))
    return [{**json.loads(p.read_text("utf-8")), "seconds": 0} for p in paths]


def report_kills(n, options):
    """Kill processes of a run at random moments: no finished result and no grade may change."""
    rng, kept, killed, left = np.random.default_rng(SEED), {}, collections.Counter(), 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        lab = make_class(Path(folder) / "c", n, options.tiny, options.all)
        begin, process = time.monotonic(), start(lab, "--jobs", str(options.jobs), "--resume")
        changed, goals = 0, np.sort(rng.uniform(0, n - 1, options.kills))
        depths = rng.permutation(np.arange(options.kills) % len(KINDS))
        for goal, depth in zip(goals, depths, strict=True):
            while len(kept) < goal:
                time.sleep(rng.uniform(0, 0.2))
                status, now = process.poll(), _finished(lab)
                changed += sum(now.get(name) != content for name, content in kept.items())
                kept = now
                if status is not None and len(kept) < n:
                    raise SystemExit(f"The run ended by itself, with status {status}.")
            if process.poll() is not None:
                break  # all are graded
            family, depth = _kill_one(process.pid, depth, rng)
            killed[KINDS[depth]] += 1
            if not depth:
                process.wait()
                left += _left_alive(itertools.chain(*family[1:]))
                process = start(lab, "--jobs", str(options.jobs), "--resume")
        process.wait()
        now = _finished(lab)
        changed += sum(now.get(name) != content for name, content in kept.items())
        print(
            f"{n} submissions with {options.jobs} jobs in {time.monotonic() - begin:.0f} s, SIGKILLs: {dict(killed)}"
        )
        print(
            f"  {len(now)} graded, {changed} finished results lost or changed, {left} processes left behind"
        )
        print(f"  graded otherwise than others with the same answers: {_odd_ones(lab) or 'none'}")


def _finished(lab):
    return {p.name: p.read_bytes() for p in lab.folder.results(LAB).glob("[!.]*.json")}


def _kill_one(pid, depth, rng):
    """Kill one of a process's descendants, or of the deepest there are; returns what there was, and how deep."""
    while True:
        family = _generations(pid)
        depth = min(depth, len(family) - 1)
        with contextlib.suppress(ProcessLookupError):
            os.kill(rng.choice(family[depth]), signal.SIGKILL)
            return family, depth


def _generations(pid):
    """The process ids of a process, its children, their children …"""
    found = [[pid]]
    while found[-1] and len(found) <= len(KINDS):
        children = []
        for each in found[-1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                children += [child.pid for child in psutil.Process(each).children()]
        found.append(children)
    return [pids for pids in found if pids][: len(KINDS)]


def _left_alive(pids, seconds=10):
    """How many of these processes still run after some seconds."""
    pids, deadline = set(pids), time.monotonic() + seconds
    while (pids := {pid for pid in pids if psutil.pid_exists(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    return len(pids)


def _odd_ones(lab):
    """Students whose points, in their record or the gradebook, differ from most with the same answers."""
    from course.gradebook import opened

    with opened(lab.folder) as book:
        points = {s.student.id: s.score for s in book.assignment_submissions(LAB)}
    by_answers = collections.defaultdict(dict)
    for record in _records(lab):
        student, checks = record["student"], [c for t in record["tasks"] for c in t["checks"]]
        found = tuple((c["name"], c["points"]) for c in checks), points.get(student)
        by_answers[student[:-5]][student] = found
    return [
        student
        for group in by_answers.values()
        for student, found in group.items()
        if found != collections.Counter(group.values()).most_common(1)[0][0]
    ]


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="*", default=[10, 20])
    parser.add_argument("--tiny", action="store_true", help="only the smallest task of the lab")
    parser.add_argument(
        "--all", action="store_true", help="answers of the whole zoo, slow ones, too"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--limit", type=float, help="stop a class after so many seconds")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument(
        "--cluster", type=int, default=6, help="how many submissions a cluster grades"
    )
    options = parser.parse_args()
    if options.kills:
        return report_kills(options.students[0], options)
    report_overheads()
    for n in options.students:
        report_class(n, options)
    if options.cluster:
        report_cluster(options.cluster, options)


if __name__ == "__main__":
    main()
