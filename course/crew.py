"""Processes that grade: each has a warm nursery of its own, and none can take the others with it.

A submission that ends its process, keeps it busy for too long or makes our own code fail is tried once
more in a fresh process; after that it is quarantined. Processes read orders from their standard input
and end when that does, so that nothing runs on after whoever gave the orders was killed.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading

from .folder import CourseError
from .journal import run_folder
from .release import CHECKOUT, environment_of

ATTEMPTS = 2
TASK_SECONDS = 1200.0  # twice what a submission's kernel may take
START_SECONDS = 120.0
LAST_SECONDS = 8.0  # for an idle process to end
STOPPED = {"stop": "Grading was stopped."}


class Crew:
    """Any number of grading processes for one lab; they start when they are needed.

    Parameters
    ----------
    lab : Lab
    trust : bool
        Whether kernels need not be shut in.
    """

    def __init__(self, lab, trust=False):
        self.lab, self.trust = lab, trust
        self._idle, self._all = queue.LifoQueue(), set()
        self._closed = False
        with contextlib.ExitStack() as stack:
            self.folder = stack.enter_context(run_folder())
            self.environment = stack.enter_context(environment_of(lab, self.folder))
            self._stack = stack.pop_all()

    def grade(self, path, student, seed):
        """Grade one submission; may be called from many threads.

        Parameters
        ----------
        path : path
            What was handed in.
        student : str
        seed : int

        Returns
        -------
        dict
            `record`, `notebook` (the graded one as text, or None) and `log` (what happened, as text);
            or `failed`, why there is no record after all attempts, and `log`.

        Raises
        ------
        CourseError
            If nothing can be graded here, whatever the submission.
        """
        log = ""
        for attempt in range(1, ATTEMPTS + 1):
            outcome = self._attempt({"path": str(path), "student": student, "seed": seed})
            if "stop" in outcome:
                raise CourseError(outcome["stop"])
            log += outcome.pop("log", "")
            if "record" in outcome:
                break
            log += f"attempt {attempt}: {outcome['failed']}\n"
        return {**outcome, "log": log}

    def _attempt(self, order):
        worker = self._take()
        outcome = STOPPED if self._closed else worker.ask(order)
        if "record" in outcome and not self._closed:
            self._idle.put(worker)
        else:
            worker.kill()
            self._all.discard(worker)
        return STOPPED if self._closed else outcome

    def _take(self):
        """A process that waits for an order, or a new one."""
        with contextlib.suppress(queue.Empty):
            while (worker := self._idle.get_nowait()).process.poll() is not None:
                self._all.discard(worker)
            return worker
        for left in reversed(range(ATTEMPTS)):
            worker = Worker(self)
            self._all.add(worker)
            said = worker.hear(START_SECONDS)
            if "ready" in said or self._closed:
                return worker
            worker.kill()
            self._all.discard(worker)
            if "stop" in said or not left:
                raise CourseError(
                    said.get("stop") or "No grading process could be started. Run `course doctor`."
                )

    def pids(self):
        """The process ids of those that live."""
        return [worker.process.pid for worker in list(self._all)]

    def close(self):
        """End all of them: those that wait for an order in peace, others at once."""
        self._closed = True
        idle = set(self._idle.queue)
        for worker in list(self._all - idle):
            worker.kill()
        for worker in idle:
            worker.dismiss()
        for worker in idle:
            worker.kill(LAST_SECONDS)
        self._stack.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Worker:
    """One grading process, see `course.worker`."""

    def __init__(self, crew):
        lab = crew.lab
        one_thread = dict.fromkeys(
            ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
        )
        paths = [str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
        command = [sys.executable, "-P", "-m", "course.worker", str(lab.folder.root), lab.name]
        self.process = subprocess.Popen(
            [*command, str(crew.environment), *(["--trust"] if crew.trust else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("COURSE_DEBUG") == "1" else subprocess.DEVNULL,
            env={**os.environ, **one_thread, "PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(crew.folder)},
            start_new_session=True,  # Ctrl-C is for whoever gives the orders
        )  # fmt: skip

    def ask(self, order):
        """Have one submission graded; `failed` says why that did not work."""
        with contextlib.suppress(OSError):  # then it has ended, which is heard below
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()
        return self.hear(TASK_SECONDS)

    def hear(self, seconds):
        """Its next message; if it ended or took too long, why it failed."""
        late = threading.Event()
        timer = threading.Timer(seconds, lambda: (late.set(), self.process.kill()))
        timer.daemon = True
        timer.start()
        try:
            return json.loads(self.process.stdout.readline())
        except (ValueError, OSError):
            self.process.kill()
            status = self.process.wait()
            how = f"signal {-status}" if status < 0 else f"exit status {status}"
            reason = f"took longer than {seconds:g} s" if late.is_set() else f"ended ({how})"
            return {"failed": f"the process that graded it {reason}"}
        finally:
            timer.cancel()

    def dismiss(self):
        """Tell it that there will be no more orders."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def kill(self, patience=0.0):
        """End it, with its nursery and all kernels, if it has not ended by itself after some seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        self.process.kill()
        self.process.wait()
