"""A simulated class, repeated from the zoo's right and wrong answers of lab 01, graded to the end.

    python tests/benchmarks/bench_class.py                   overheads, and classes of 10 and 20
    python tests/benchmarks/bench_class.py --students 2000   overheads, and a class of 2,000 (hours)
    python tests/benchmarks/bench_class.py --students 2000 --tiny      the smallest task alone
    python tests/benchmarks/bench_class.py --students 200 --kills 20   SIGKILLs at random moments

Printed are CPU seconds for each submission and the memory of all processes together, by fifths of the
run: both must be flat, else time or memory grow faster than the class. Then a cluster of dask.distributed
on this machine grades the first of the same submissions, and so does one process. One BLAS thread each.
"""

import argparse
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


def make_class(root, n, tiny):
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
    zoo = [
        p
        for kind in ("right", "wrong")
        for p in (ROOT / "tests/submissions" / LAB / kind).glob("*.py")
    ]
    zoo = sorted(p for p in zoo if not tiny or p.name.startswith("n-parameters"))
    known = set(lab.solutions)
    for number, path in zip(range(n), itertools.cycle(zoo), strict=False):
        answers = reference(lab) | {k: v for k, v in read_answers(path).items() if k in known}
        answers[TINY] += f"\n# student {number}"
        target = lab.folder.submission(f"student-{number:04}", LAB)
        target.parent.mkdir(parents=True)
        nbformat.write(fill(lab, answers), target)
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


def grade(lab, n, *arguments, limit=None):
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


def report_class(n, tiny, jobs, limit):
    """Grade n submissions and print what they cost."""
    with tempfile.TemporaryDirectory() as folder:
        lab = make_class(Path(folder) / "c", n, tiny)
        wall, cpu, rows = grade(lab, n, "--jobs", str(jobs), limit=limit)
        done = len(list(lab.folder.results(LAB).glob("*.json")))
        print(
            f"class of {n}: {done} graded in {wall:.0f} s with {jobs} jobs, {cpu / done:.2f} CPU-s each,"
        )
        print(f"  {60 * done / wall:.1f} a minute, {60 * done / cpu:.1f} a minute and core")
        if done >= 10:
            each, held = fifths(rows)
            print("  s each, by fifths:  ", *(f"{x:6.2f}" for x in each))
            print("  memory in MiB:      ", *(f"{x:6.0f}" for x in held))
    return cpu / done


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


def report_cluster(n, tiny):
    """The same submissions by one process and by a cluster of two workers."""
    try:
        from distributed import LocalCluster
    except ImportError:
        print("dask.distributed is not installed: no cluster to compare with")
        return
    with tempfile.TemporaryDirectory() as folder:
        lab = make_class(Path(folder) / "c", n, tiny)
        one = grade(lab, n, "--jobs", "1")
        records = _records(lab)
        with LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster:
            wall, *_ = grade(lab, n, "--scheduler", cluster.scheduler_address)
        same = _records(lab) == records
        print(
            f"{n} by one process {one[0]:.1f} s, by a cluster of two workers {wall:.1f} s, ratio"
            f" {one[0] / wall:.2f}; the same results: {same}"
        )


def _records(lab):
    paths = sorted(lab.folder.results(LAB).glob("*.json"))
    return [{**json.loads(p.read_text("utf-8")), "seconds": 0} for p in paths]


def report_kills(n, n_kills, tiny):
    """Kill the parent, grading processes, walls and kernels at random moments; nothing finished may change."""
    rng, kept, lost, by_victim = np.random.default_rng(SEED), {}, 0, {}
    with tempfile.TemporaryDirectory() as folder:
        lab = make_class(Path(folder) / "c", n, tiny)
        process = start(lab, "--jobs", "2", "--resume")
        for _ in range(n_kills):
            goal = min(n - 1, len(kept) + max(1, n // (n_kills + 1)) * rng.uniform(0.2, 1.5))
            while process.poll() is None and len(kept) < goal:
                time.sleep(rng.uniform(0, 0.1))
                now = {p.name: p.read_bytes() for p in lab.folder.results(LAB).glob("[!.]*.json")}
                lost += sum(now.get(name) != content for name, content in kept.items())
                kept = now
            if process.poll() is None:
                family = psutil.Process(process.pid).children(recursive=True)
                victim = (
                    process.pid if rng.random() < 0.3 else family[rng.integers(len(family))].pid
                )
                who = "parent" if victim == process.pid else "a descendant"
                by_victim[who] = by_victim.get(who, 0) + 1
                os.kill(victim, signal.SIGKILL)
                time.sleep(0.5)
            if process.poll() is not None:
                process = start(lab, "--jobs", "2", "--resume")
        process.wait()
        now = {p.name: p.read_bytes() for p in lab.folder.results(LAB).glob("[!.]*.json")}
        lost += sum(now.get(name) != content for name, content in kept.items())
        print(
            f"{n} submissions, SIGKILLs {by_victim}: {len(now)} graded, {lost} finished results lost or changed"
        )


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="*", default=[10, 20])
    parser.add_argument("--tiny", action="store_true", help="only the smallest task of the lab")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--limit", type=float, help="stop a class after so many seconds")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument(
        "--cluster", type=int, default=6, help="how many submissions a cluster grades"
    )
    options = parser.parse_args()
    if options.kills:
        return report_kills(options.students[0], options.kills, options.tiny)
    report_overheads()
    for n in options.students:
        report_class(n, options.tiny, options.jobs, options.limit)
    if options.cluster:
        report_cluster(options.cluster, options.tiny)


if __name__ == "__main__":
    main()
