"""The process in which untrusted answers run: IPython's kernel, started cold or forked from a warm one.

Run with `python -c`, so that no frame of a kernel tells where the course lies. With a connection file as
argument it becomes a kernel. With `--nursery` and modules it imports these, then reads one JSON object a
line, {"folder", "confined"}, forks a kernel for each and prints its process id; a child that ends is
reported as {"ended": pid, "status": n}.
"""

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import select
import signal
import sys


def forget_the_course():
    """Take the instructor's packages off this interpreter's path: students' code does not import them."""
    sys.meta_path[:] = [
        f for f in sys.meta_path if "__editable__" not in getattr(f, "__module__", "")
    ]
    sys.path_hooks[:] = [
        h for h in sys.path_hooks if "__editable__" not in getattr(h, "__module__", "")
    ]
    for name in [name for name in sys.modules if name.startswith("__editable__")]:
        del sys.modules[name]  # it holds the course's place
    sys.path[:] = [
        p for p in sys.path if "__editable__" not in p and not _is_course(os.path.abspath(p or "."))
    ]


def _is_course(folder):
    return os.path.isfile(os.path.join(folder, "nbgrader_config.py"))


def become_kernel(connection_file, tell=lambda: None):
    """Run IPython's kernel in this process until it is told to stop; tell() that its sockets are in place."""
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.connection_dir = os.path.dirname(connection_file)
    app = IPKernelApp.instance()
    app.initialize(
        [
            "-f",
            connection_file,
            "--HistoryManager.enabled=False",
            "--IPKernelApp.log_level=CRITICAL",
            # To send without a copy takes a thread, which may be one too many for a kernel at its limit.
            f"--Session.copy_threshold={sys.maxsize}",
        ]
    )
    # It holds the key to this kernel, which other students' code should not find lying about.
    os.unlink(connection_file)
    # Warm, matplotlib was loaded before there was a shell to draw into.
    app.shell.enable_matplotlib("inline")
    tell()
    app.start()


WARM = (
    "IPython.core.completerlib", "IPython.core.magics.execution", "IPython.extensions.storemagic",
    "ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp",
    "matplotlib.backends.backend_agg", "matplotlib.patches", "matplotlib.pyplot",
    "matplotlib_inline.backend_inline", "numpy", "scipy", "helpers.checks.remote",
)  # fmt: skip


def warm_up(modules):
    """Import what every kernel and this lab's notebook import, and draw once, so that a fork has it for nothing."""
    sys.modules["debugpy"] = None  # nobody debugs here, and it is half of a kernel's start
    for name in [*WARM, *modules]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    canvas = FigureCanvasAgg(Figure())
    canvas.figure.subplots().plot([0, 1], label="warm")
    canvas.print_png(io.BytesIO())
    # Collecting garbage in a fork would touch, and so copy, every page that it shares with this process.
    gc.collect()
    gc.freeze()


def nursery(modules):
    """Fork kernels on request, until standard input ends; then end those that still live."""
    warm_up(modules)
    _take_in_orphans()
    # The pipe wakes select() when a child ends; the handler itself need not do anything.
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    _say({"ready": os.getpid()})
    living, pending = set(), b""
    while True:
        readable, _, _ = select.select([0, wake_read], [], [])
        if wake_read in readable:
            os.read(wake_read, 4096)
            living -= _report_the_ended()
            _end_children_except(living)
        if 0 in readable:
            chunk = os.read(0, 65536)
            if not chunk:
                break
            *orders, pending = (pending + chunk).split(b"\n")
            living |= {_fork_kernel(json.loads(order)) for order in orders}
    with contextlib.suppress(ChildProcessError):
        while True:
            _end_children_except(set())
            os.waitpid(-1, 0)


def _end_children_except(kernels):
    # What a kernel has started and left behind comes to this process, as it comes to the first one else.
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as children:
            pids = set(map(int, children.read().split())) - kernels
    except OSError:
        pids = set()
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _fork_kernel(order):
    pid = os.fork()
    if pid:
        _say({"pid": pid})
        return pid
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _end_with_parent()
        _detach_streams()
        sys.modules["numpy"].random.seed()
        connection = os.path.join(order["folder"], "c.json")
        if order["confined"]:
            os.environ.update(HOME=WORK, IPYTHONDIR=WORK, TMPDIR=TEMPORARY)  # noqa: F821  course.confine
            keep_kernel(order, lambda tell: become_kernel(connection, tell))  # noqa: F821
        work = os.environ["HOME"] = os.environ["TMPDIR"] = os.path.join(order["folder"], "work")
        os.mkdir(work)
        os.chdir(work)
        become_kernel(connection)
    finally:
        os._exit(0)


def _end_with_parent():
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _take_in_orphans():
    if sys.platform == "linux":
        PR_SET_CHILD_SUBREAPER = 36
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def _detach_streams():
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.closerange(3, 256)


def _report_the_ended():
    ended = set()
    with contextlib.suppress(ChildProcessError):
        while (answer := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = answer
            ended.add(pid)
            _say({"ended": pid, "status": os.waitstatus_to_exitcode(status)})
    return ended


def _say(message):
    os.write(1, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    forget_the_course()
    nursery(sys.argv[2:]) if sys.argv[1] == "--nursery" else become_kernel(sys.argv[1])
