"""A process that grades one submission after another: `python -m course.worker COURSE LAB ENVIRONMENT`.

It reads orders, one JSON object a line, {"path", "student", "seed"}, and answers each with one line:
{"record", "notebook", "log"}, or {"failed": why, "log"} where our own code failed, or {"stop": why}
where nothing can be graded on this machine. It ends when its orders do.
"""

import argparse
import contextlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path

from .files import disk_is_full

MANY = 10**9  # so that a kernel gets ready while another works


def main(arguments=None):
    """Grade what is ordered on standard input."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("course", "lab", "environment"):
        parser.add_argument(name)
    parser.add_argument("--trust", action="store_true")
    options = parser.parse_args(arguments)
    _prepare()
    orders, answers = _orders(), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing else may write between our answers

    def say(**message):
        print(json.dumps(message), file=answers, flush=True)

    from .folder import CourseError, CourseFolder
    from .kernel import Nursery
    from .lab import Lab

    try:
        lab = Lab(CourseFolder(Path(options.course)), options.lab)
        with Nursery(options.environment, lab.imports, MANY, options.trust) as nursery:
            say(ready=os.getpid())
            while order := orders.get():
                say(**_answer(lab, nursery, order))
                orders.task_done()
    except (CourseError, OSError) as error:
        say(stop=_explain(error))


def _prepare():
    warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # jsonschema, when nbformat loads it, would spend a second on a grammar for addresses.
    sys.modules.setdefault("rfc3987_syntax", None)


def _orders():
    """A queue of orders that ends with None; if there will be no more while one is served, all ends at once."""
    orders = queue.Queue()

    def read():
        with contextlib.suppress(ValueError):  # whoever gives the orders may be killed within one
            for line in sys.stdin.buffer:
                orders.put(json.loads(line))
        if orders.unfinished_tasks:
            os._exit(1)  # the wall around the nursery falls with us, and all kernels with it
        orders.put(None)

    threading.Thread(target=read, daemon=True).start()
    return orders


def _answer(lab, nursery, order):
    from .grade import grade_submission, outcome_of

    start = time.monotonic()
    try:
        record, notebook = grade_submission(
            lab, order["path"], nursery, order["seed"], order["student"]
        )
    except Exception as error:
        if disk_is_full(error):
            return {"stop": _explain(error)}
        trace = "".join(traceback.format_exception(error))[-5000:]
        return {"failed": f"{type(error).__name__}: {error}", "log": trace}
    record["seconds"] = round(time.monotonic() - start, 2)
    return outcome_of(record, notebook)


def _explain(error):
    if disk_is_full(error):
        file = error.filename or os.environ.get("TMPDIR", "")
        return (
            f"The disk is full ({file}). Free some space, then run the same command with --resume."
        )
    return str(error)


if __name__ == "__main__":
    main()
