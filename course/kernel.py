"""Where untrusted answers live: Jupyter kernels that we start, watch, limit and end.

A `Nursery` is one interpreter that has imported numpy, scipy and matplotlib; it forks a kernel in a few
milliseconds. A `Kernel` executes a student's cells and serves calls of the student's functions. Nothing
in this module trusts what a kernel says: outputs are cut to size, replies are decoded as data only, and
time and memory are watched from outside.

A nursery runs behind a wall of the operating system, and each kernel in namespaces of its own; see
`course.sandbox`. For work that is trusted it can do without.
"""

import base64
import contextlib
import json
import os
import queue
import re
import secrets
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from helpers.checks.remote import MIME
from helpers.checks.transport import MAX_BYTES, encode

from . import sandbox
from .folder import CourseError

START_SECONDS = 60
GRACE_SECONDS = 2.0  # between an interrupt and a kill
TICK = 0.1
CELL_MEMORY = 4 * 2**30
KERNEL_MEMORY = 6 * 2**30  # of all cells and calls together
MAX_QUEUED = 100.0  # s a call may wait for a processor that others' work keeps busy
MAX_TEXT = 100_000  # characters one cell may print
MAX_MEDIA = 3_000_000  # characters of pictures one cell may show
MAX_OUTPUTS = 500
MAX_PIXELS = 40_000_000  # of one picture, which may be small as long as nobody looks at it
MAX_JSON = 16 * 2**20  # bytes of a message without its arrays
MAX_HEADER = 2**16  # bytes
MAX_FLOOD = 2 * 2**30  # bytes that messages may take in this process before they are read
SAFE_MEDIA = ("text/plain", "image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


@dataclass
class Execution:
    """What became of a piece of code: its outputs, and whether it ended by itself."""

    outputs: list = field(default_factory=list)
    status: str = "ok"  # ok, error, out of time, out of memory, died
    reply: tuple | None = None

    @property
    def lost_the_kernel(self):
        """Whether the kernel is gone."""
        return self.status in ("died", "out of memory")


class Nursery:
    """A warm interpreter from which kernels are forked; one serves any number of threads.

    Parameters
    ----------
    environment : Path
        The folder whose `helpers` the kernels import: what the students' bundle holds.
    modules : iterable of str
        What the lab imports; every kernel has it from the start. Names that cannot be imported are left out.
    expected : int
        How many kernels will be asked for: as long as one is to come, it gets ready while others work.
    trust : bool
        Whether kernels need not be shut in.

    Raises
    ------
    CourseError
        If no kernel can be started, or none can be shut in.
    """

    def __init__(self, environment, modules=(), expected=1, trust=False):
        self.wall = sandbox.wall(trust)
        self.environment = Path(environment)
        # Behind the wall a kernel is no longer this user.
        self.environment.chmod(0o755)
        self._modules = list(modules)
        self._expected = expected
        self.folder = Path(tempfile.mkdtemp(prefix="k"))
        self._home = _home_with_fonts(self.folder)
        self._lock, self._spare_lock = threading.Lock(), threading.Lock()
        self._spare = None
        self._start()

    def _start(self):
        """Start the interpreter; one that is killed while it gets ready is replaced."""
        for left in reversed(range(3)):
            self._launch()
            try:
                self._await("ready")
                break
            except CourseError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(1)  # its pipe closes a moment before it has ended
                if not left or self._process.poll() is None:
                    self._process.kill()
                    raise
        self._outer_pid = self.wall.outer_pid(self._process.pid)

    def _launch(self):
        self._answers, self._ended = queue.Queue(), {}
        self._process = subprocess.Popen(
            self.wall.command(self._program(), self.environment, self.folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env=self._variables(),
            start_new_session=True,
        )
        threading.Thread(
            target=self._listen, args=(self._process, self._answers, self._ended), daemon=True
        ).start()

    def _program(self):
        # -P: neither the script's folder nor the current one is on the path.
        # As text: a frame of a kernel would tell where the script lies, and the hidden checks beside it.
        sources = [Path(__file__).with_name(name) for name in ("confine.py", "kernel_main.py")]
        program = "\n".join(source.read_text(encoding="utf-8") for source in sources)
        return [sys.executable, "-P", "-c", program, "--nursery", *self._modules]

    def _variables(self):
        # A short list, not the instructor's environment: tokens and passwords live there.
        kept = {k: os.environ[k] for k in ("LANG", "LC_ALL", "SYSTEMROOT") if k in os.environ}
        programs = os.pathsep.join((str(Path(sys.executable).parent), os.defpath))
        one_thread = dict.fromkeys(
            ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
        )
        home = str(self.wall.inside(self._home, self.folder))
        return {
            **kept,
            **one_thread,
            "PATH": programs,
            "PYTHONPATH": str(self.wall.lab(self.environment)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PIP_NO_INDEX": "1",  # else it waits for a network that does not come
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            **dict.fromkeys(
                ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR", "TMPDIR"), home
            ),
        }

    def _listen(self, process, answers, ended):
        pids = set()
        for line in process.stdout:
            message = json.loads(line)
            if "ended" in message:
                ended[message["ended"]] = message["status"]
                continue
            if "pid" in message:
                pids.add(message["pid"])
                ended.pop(message["pid"], None)  # the system uses numbers again
            answers.put(message)
        answers.put({})  # whoever waits for an answer need not wait longer
        # A kernel dies with the interpreter it was forked from.
        ended.update(dict.fromkeys(pids - ended.keys(), -signal.SIGKILL))
        process.stdout.close()

    def _await(self, key):
        try:
            return self._answers.get(timeout=START_SECONDS)[key]
        except (queue.Empty, KeyError):
            raise CourseError(
                "No Python kernel could be started for grading. Run `course doctor` to find out why."
            ) from None

    def kernel(self):
        """A kernel that has been getting ready since the last one was asked for."""
        with self._spare_lock:
            kernel, self._spare = self._spare, None
            kernel = kernel or Kernel(self)
            self._expected -= 1
            if self._expected > 0:
                self._spare = Kernel(self)
        return kernel

    def fork(self, folder):
        """Start a kernel in a folder that holds its connection file.

        Returns
        -------
        number : int
            Of the process, inside.
        ended : dict
            The exit statuses of those that have ended, by number, as long as this interpreter lives.
        """
        inside = str(self.wall.inside(folder, self.folder))
        order = json.dumps({"folder": inside, "confined": self.wall.confined}).encode() + b"\n"
        with self._lock:
            for attempt in reversed(range(3)):
                if self._process.poll() is not None:
                    self._start()  # a hostile submission has ended it
                with contextlib.suppress(OSError):  # the wait below says what that means
                    self._process.stdin.write(order)
                    self._process.stdin.flush()
                try:
                    return self._await("pid"), self._ended
                except CourseError:
                    if not attempt:
                        raise
                    self._process.kill()
                    self._process.wait()

    def outer_pid(self, number):
        """The process id of a kernel for this process, or None before it is there."""
        if not self.wall.confined:
            return number
        keeper = next((p for p in _children(self._outer_pid) if _number_inside(p) == number), None)
        return next(iter(_children(keeper)), None) if keeper else None

    def close(self):
        """End the interpreter and every kernel it made."""
        if self._spare:
            self._spare.close()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _home_with_fonts(folder):
    # Fonts are looked up once per user, not once per nursery: that takes seconds.
    import matplotlib

    home = folder / "home"
    home.mkdir()
    for fonts in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(fonts, home)
    return home


def _children(pid):
    try:
        return [
            int(child)
            for thread in os.listdir(f"/proc/{pid}/task")
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        ]
    except OSError:
        return []


def _number_inside(pid):
    """A process's number in the namespace that is its own."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("NSpid:")).split()[-1])


class Kernel:
    """One student's kernel.

    Parameters
    ----------
    nursery : Nursery
    """

    def __init__(self, nursery):
        self._nursery = nursery
        self._folder = Path(tempfile.mkdtemp(dir=nursery.folder, prefix="s"))
        inside = nursery.wall.inside(self._folder, nursery.folder)
        _, connection = write_connection_file(
            str(self._folder / "c.json"),
            transport="ipc",
            ip=str(inside / "z"),
            key=secrets.token_hex(16).encode(),
        )
        self._client = BlockingKernelClient(context=_message_context())
        self._client.load_connection_info({**connection, "ip": str(self._folder / "z")})
        (self._number, self._ended), self._pid = nursery.fork(self._folder), None
        self._client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=False)
        self._sockets = {
            self._client.shell_channel.socket: "shell",
            self._client.iopub_channel.socket: "iopub",
        }
        self._poller = zmq.Poller()
        for socket in self._sockets:
            self._poller.register(socket, zmq.POLLIN)
        self._ready = self._stopped = False

    def wait_until_ready(self):
        """Wait until the kernel takes requests and its outputs reach us.

        Raises
        ------
        CourseError
            If the kernel does not start.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._ready:
            # What is published before our subscription has arrived is lost: ask until something is heard.
            self._client.kernel_info()
            self._ready = any(kind == "iopub" for kind, _ in self._receive(0.3))
            if time.monotonic() > deadline or self.ended is not None:
                raise CourseError(
                    "A Python kernel did not start. Run `course doctor` to find out why."
                )

    @property
    def name(self):
        """What its folder is called."""
        return self._folder.name

    @property
    def pid(self):
        """The kernel's process id, or None before there is one."""
        self._pid = self._pid or self._nursery.outer_pid(self._number)
        return self._pid

    @property
    def ended(self):
        """The exit status if the kernel has ended, else None."""
        return self._ended.get(self._number)

    @property
    def was_killed(self):
        """Whether something killed the kernel that was neither this object nor, if it is shut in, its own code.

        From inside, number 1 of a world cannot be killed. The system does it when memory runs out, and
        with the interpreter that the kernel was forked from.
        """
        return self.ended == -signal.SIGKILL and not self._stopped

    def execute(self, code, seconds):
        """Run a cell.

        Parameters
        ----------
        code : str
        seconds : float
            Wall-clock limit; then the cell is interrupted, and the kernel ended if that does not help.

        Returns
        -------
        Execution
        """
        content = {"code": code, "silent": False, "store_history": True}
        return self._run(content, (), seconds, CELL_MEMORY)

    def invoke(self, request, buffers, may_use):
        """Have the kernel answer one request of a check; see `helpers.checks.answers.serve`."""
        content = {
            "code": "__import__('helpers.checks.remote').checks.remote.answer_request()",
            "silent": True,
            "store_history": False,
            "answer": {"request": request, "seconds": may_use.seconds, "bytes": may_use.bytes},
        }
        done = self._run(content, buffers, may_use.seconds, may_use.bytes + CELL_MEMORY // 4)
        if done.status == "out of time" or done.lost_the_kernel:
            return encode((done.status, self._how_it_ended()))
        if done.reply is None:
            return encode(("too large", "nothing readable came back"))
        return done.reply

    def _how_it_ended(self):
        status = self.ended
        if status is None:
            return ""
        return f"(signal {-status})" if status < 0 else f"(exit status {status})"

    def _run(self, content, buffers, seconds, n_bytes):
        self.wait_until_ready()
        content = {"user_expressions": {}, "allow_stdin": False, "stop_on_error": False, **content}
        session = self._client.session
        message = session.msg("execute_request", content)
        try:
            session.send(self._client.shell_channel.socket, message, buffers=list(buffers))
        except (zmq.ZMQError, ValueError, TypeError) as error:
            raise CourseError(
                f"A kernel could not be asked: {error}. Run `course doctor`."
            ) from error
        return self._collect(message["header"]["msg_id"], seconds, n_bytes)

    def _collect(self, message_id, seconds, n_bytes):
        done, outputs = Execution(), _Outputs()
        memory_limit = min(self._memory_in_use() + n_bytes, KERNEL_MEMORY)
        flood_limit = _memory_of("self") + MAX_FLOOD
        queued = _queued(self.pid)

        def clock():
            # It stands while other kernels' work keeps the processors busy.
            waited = max(0.0, _queued(self.pid) - queued)  # nothing is known of one that has ended
            return time.monotonic() - min(waited, MAX_QUEUED)

        deadline, interrupted = clock() + seconds, False
        answered, idle, patience = False, False, float("inf")
        look_again = time.monotonic() + TICK
        while not (answered and (idle or time.monotonic() > patience)):
            for kind, message in self._receive(TICK):
                if message["parent_header"].get("msg_id") != message_id:
                    continue
                content = message["content"]
                if message["msg_type"] == "execute_reply" and kind == "shell" and not answered:
                    done.status = "ok" if content.get("status") == "ok" else "error"
                    # Its outputs come on another channel; a flood there may have washed the last word away.
                    answered, patience = True, time.monotonic() + 1
                    if any(p.get("source") == "ask_exit" for p in content.get("payload", [])):
                        done.status = "died"  # exit() and quit() end the kernel a moment later
                        self.kill()
                elif message["msg_type"] == "status":
                    idle = content.get("execution_state") == "idle"
                elif MIME in (content.get("data") or {}):
                    done.reply = content["data"][MIME], message["buffers"]
                elif kind == "iopub":
                    outputs.add(message["msg_type"], content)
            if answered:
                continue
            if self.ended is not None:
                done.status = "died"
            elif time.monotonic() > look_again:  # looking costs more than most calls
                look_again = time.monotonic() + TICK
                if self._memory_in_use() > memory_limit or _memory_of("self") > flood_limit:
                    done.status = "out of memory"
                elif interrupted and time.monotonic() > deadline:
                    done.status = "out of time"
                elif not interrupted and clock() > deadline:
                    self.interrupt()
                    deadline, interrupted = time.monotonic() + GRACE_SECONDS, True
            if done.status != "ok":
                self.kill()
                break
        if interrupted:
            done.status = "out of time"
        done.outputs = outputs.collected
        return done

    def _receive(self, seconds):
        """All messages that have arrived, after waiting at most so long for the first."""
        messages = []
        for socket, _ in self._poller.poll(1000 * seconds):
            # What is forged or malformed, in whatever way, says nothing.
            with contextlib.suppress(Exception):
                parts = socket.recv_multipart(zmq.NOBLOCK)
                messages.append((self._sockets[socket], self._read(parts)))
        return messages

    def _read(self, parts):
        session = self._client.session
        _, parts = session.feed_identities(parts)
        if max(map(len, parts[:4])) > MAX_HEADER:
            raise ValueError("too long")
        if len(parts[4]) > MAX_JSON:  # parsed, it would need twenty times as much memory
            text = f"[An output of {len(parts[4]):,} bytes was left out.]\n"
            content = {"name": "stderr", "text": text}
            parent = session.unpack(parts[2])
            message = {"msg_type": "stream", "parent_header": parent, "content": content}
        else:
            message = session.deserialize(parts)
        content = message["content"]
        things = [message["parent_header"], content, content.get("data") or {}]
        things += content.get("payload") or []
        if not all(isinstance(thing, dict) for thing in things):
            raise TypeError("not a message")
        return message

    def _memory_in_use(self):
        """Bytes that the kernel and all it has started hold."""
        pids, held = [self.pid], 0
        while pids:
            pid = pids.pop()
            held += _memory_of(pid)
            pids += _children(pid)
        return held

    def interrupt(self):
        """Do what the stop button does."""
        with contextlib.suppress(ProcessLookupError, TypeError):
            os.kill(self.pid, signal.SIGINT)

    def kill(self):
        """End the kernel and its process group, and wait until it has ended."""
        deadline = time.monotonic() + GRACE_SECONDS
        self._stopped = self._stopped or self.ended is None
        while self.ended is None and time.monotonic() < deadline:
            with contextlib.suppress(ProcessLookupError, PermissionError, TypeError):
                # In a world of its own, everything ends with number 1; else it is a group.
                (os.kill if self._nursery.wall.confined else os.killpg)(self.pid, signal.SIGKILL)
            time.sleep(0.005)

    def close(self):
        """End the kernel and remove its folder."""
        self.kill()
        self._client.stop_channels()
        shutil.rmtree(self._folder, ignore_errors=True)


def _memory_of(pid):
    try:
        with open(f"/proc/{pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _queued(pid):
    """Seconds that the main thread of a process has waited for a processor."""
    try:
        with open(f"/proc/{pid}/schedstat") as schedstat:
            return int(schedstat.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _message_context():
    # A message above the limit makes its connection fail, where otherwise the grader would run out of memory.
    context = zmq.Context.instance()
    context.setsockopt(zmq.MAXMSGSIZE, MAX_BYTES + MAX_JSON)
    context.setsockopt(zmq.LINGER, 0)
    return context


def _whole(text):
    # JSON can hold halves of characters, which no file takes.
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_picture(text):
    """Whether a text in base64 is a picture of a size that a browser can bear."""
    try:
        width, height = _size(base64.b64decode(text))
    except (ValueError, struct.error):
        return False
    return width * height <= MAX_PIXELS


def _size(picture):
    """Width and height that the head of a PNG or JPEG file states."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack(">II", picture[16:24])
    if not picture.startswith(b"\xff\xd8"):
        raise ValueError("no picture")
    at = 2
    while True:  # JPEG: segments with their lengths, until the one that starts a frame
        mark, kind, length = struct.unpack(">BBH", picture[at : at + 4])
        if mark != 0xFF or length < 2:
            raise ValueError("no picture")
        if kind in range(0xC0, 0xD0) and kind not in (0xC4, 0xC8, 0xCC):
            return struct.unpack(">HH", picture[at + 5 : at + 9])
        at += 2 + length


class _Outputs:
    """The outputs of one cell, cut to size and to kinds that cannot run as script in a browser."""

    def __init__(self):
        self.collected = []
        self._text = MAX_TEXT
        self._media = MAX_MEDIA

    def add(self, kind, content):
        if len(self.collected) >= MAX_OUTPUTS and kind != "clear_output":
            return
        try:
            if kind == "stream":
                name = "stderr" if content["name"] == "stderr" else "stdout"
                self._add_stream(name, str(content["text"]))
            elif kind in ("display_data", "execute_result"):
                self._add_media(kind, content)
            elif kind == "error":
                self._add_error(content)
            elif kind == "clear_output":
                self.collected.clear()
        except (KeyError, TypeError, AttributeError):
            pass  # a forged message

    def _cut(self, text):
        text = _whole(text)
        if len(text) > self._text:
            text = (
                text[: self._text] + "\n[The rest of this output was cut.]\n" if self._text else ""
            )
            self._text = 0
        else:
            self._text -= len(text)
        return text

    def _add_stream(self, name, text):
        text = self._cut(text)
        last = self.collected[-1] if self.collected else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        elif text:
            self.collected.append(nbformat.v4.new_output("stream", name=name, text=text))

    def _add_media(self, kind, content):
        data = {
            k: _whole(v)
            for k, v in content["data"].items()
            if k in SAFE_MEDIA
            and isinstance(v, str)
            and (k == "text/plain" or _BASE64.fullmatch(v))
        }
        if "text/plain" in data:
            data["text/plain"] = self._cut(data["text/plain"])
        pictures = [v for k, v in data.items() if k != "text/plain"]
        self._media -= sum(map(len, pictures))
        if self._media < 0 or not all(map(_is_picture, pictures)):
            data = {"text/plain": "[Pictures beyond the limit were left out.]"}
        extra = {"execution_count": None} if kind == "execute_result" else {}
        self.collected.append(nbformat.v4.new_output(kind, data=data, **extra))

    def _add_error(self, content):
        trace = [self._cut(str(line)) for line in content["traceback"][:50]]
        name, value = _whole(str(content["ename"])[:100]), _whole(str(content["evalue"])[:1000])
        self.collected.append(
            nbformat.v4.new_output("error", ename=name, evalue=value, traceback=trace)
        )
