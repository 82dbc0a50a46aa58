"""A student's function as a check sees it: something to call that returns plain data.

The same `Answer` serves a function in this process (a student's own notebook, the test suite) and one
in a kernel far away (grading): only the host behind it differs. A host has one method,
`invoke(request, buffers, limit) -> (reply, buffers)`; `serve` is what it runs where the function lives.
"""

import contextlib
import hashlib
import importlib
import io
import linecache
import signal
import sys
import threading
import time
import traceback
import warnings
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass

from .transport import Fixture, Reference, TransportError, decode, encode

MAX_MESSAGE = 500
PATIENCE = 2  # calls that may be lost in the same way before a function is not called any more
LOST = {"out of time": "run out of time", "died": "ended the Python process"}


@dataclass(frozen=True)
class Limit:
    """What one call of an answer may use: wall-clock seconds and bytes on top of what it started with."""

    seconds: float = 20.0
    bytes: int = 2 * 2**30


DEFAULT_LIMIT = Limit()
_limit = ContextVar("limit", default=DEFAULT_LIMIT)


@contextlib.contextmanager
def limit(seconds=None, memory=None):
    """Within this block every call of an answer may take so long and so much memory.

    Parameters
    ----------
    seconds : float, optional
        Wall-clock time of one call.
    memory : str, optional
        For example "1 GiB" or "300 MiB", on top of what the process held before the call.
    """
    now = _limit.get()
    n_bytes = now.bytes if memory is None else _parse_memory(memory)
    token = _limit.set(Limit(now.seconds if seconds is None else seconds, n_bytes))
    try:
        yield
    finally:
        _limit.reset(token)


def _parse_memory(text):
    try:
        number, unit = text.split()
        return int(float(number) * {"MiB": 2**20, "GiB": 2**30}[unit])
    except (KeyError, ValueError):
        raise ValueError(f'Write memory as "300 MiB" or "1 GiB", not {text!r}.') from None


def show_bytes(n_bytes):
    """Write a number of bytes the way people say it: "1 GiB", "300 MiB"."""
    unit, size = ("GiB", 2**30) if n_bytes >= 2**30 else ("MiB", 2**20)
    return f"{n_bytes / size:.3g} {unit}"


def fixture(name, **arrays):
    """Name a model or function of `helpers.checks.fixtures` to be built beside the student's code."""
    return Fixture(name, arrays)


class CheckFailed(AssertionError):
    """An expectation was not met; its message is what the student reads."""


class NotAnswered(CheckFailed):
    """The answer cell still holds its placeholder, or the function is not defined."""


class OutOfTime(CheckFailed):
    """A call took longer than it may."""


class Answer:
    """A student's function: call it, get plain data back, or a `CheckFailed` that says what went wrong."""

    def __init__(self, name, host, target=None):
        self.name = name
        self._host = host
        self._target = target or ["answer", name]
        self._outcomes = {}
        self._losses = Counter()

    def __repr__(self):
        return f"<the student's {self.name}>"

    def __call__(self, *args, **kwargs):
        for status, what in LOST.items():
            if self._losses[status] >= PATIENCE:
                raise OutOfTime(
                    f"Your {self.name} was not called again: it had {what} {PATIENCE} times before."
                )
        may_use = _limit.get()
        request, buffers = encode([self._target, list(args), kwargs], keep=_send_back)
        reply, buffers = self._host.invoke(request, buffers, may_use)
        try:
            status, value = decode(reply, buffers, resolve=self._resolve)
            return self._outcome(status, value, may_use)
        except (TransportError, TypeError, ValueError, LookupError) as error:
            raise CheckFailed(
                f"What your {self.name} returned could not be read: {_plain(error)}."
            ) from None

    def once(self, *args, **kwargs):
        """Like a call, but the same arguments under the same limits give the first call's outcome again.

        A failure is an outcome too; this saves the time of calls that several checks need.
        """
        tree, buffers = encode([list(args), kwargs], keep=_send_back)
        tree = [tree, repr(_limit.get())]
        key = hashlib.sha256(repr(tree).encode() + b"".join(buffers)).digest()
        if key not in self._outcomes:
            try:
                self._outcomes[key] = self(*args, **kwargs), None
            except CheckFailed as error:
                self._outcomes[key] = None, error
        value, error = self._outcomes[key]
        if error is not None:
            raise error
        return value

    def _resolve(self, reference):
        return (
            Handle(self.name, self._host, reference)
            if isinstance(reference, Reference)
            else reference
        )

    def _outcome(self, status, value, may_use):
        if status == "value":
            return value
        if status in LOST:
            self._losses[status] += 1
        raise _failure(self.name, status, value, may_use)


class Handle(Answer):
    """An object that stayed with the student's code: call it, or call one of its methods by name."""

    def __init__(self, name, host, reference):
        super().__init__(name, host, ["handle", reference.number, None])
        self.type_name = _plain(reference.type_name)
        self.reference = reference

    def __repr__(self):
        return f"a {self.type_name}"

    def __getattr__(self, method):
        if method.startswith("_"):
            raise AttributeError(method)
        return Answer(f"{self.name}(…).{method}", self._host, [*self._target[:2], method])


def _send_back(value):
    if isinstance(value, Handle):
        return value.reference.number
    raise TransportError(f"a check tried to send a {type(value).__name__}")


def _failure(name, status, value, may_use):
    """The exception that tells a student why a call brought no value back."""
    if status == "not answered":
        return _unanswered(name, value)
    if status == "out of time":
        return OutOfTime(
            f"Your {name} did not finish within {may_use.seconds:g} s. Is there a loop that never"
            " ends, or one over single points where an array operation would do?"
        )
    if status == "out of memory":
        return CheckFailed(
            f"Your {name} needed more than {show_bytes(may_use.bytes)} of memory{_where(value, name)}. Which"
            " of its arrays grows fastest with the size of the input?"
        )
    if status == "too large":
        return CheckFailed(f"What your {name} returned cannot be taken over: {_plain(value)}.")
    if status == "died":
        how = f" {_plain(value)}" if value else ""
        return CheckFailed(f"Your {name} ended the Python process while it was called.{how}")
    message = f": {_plain(value['message'])}" if value["message"] else ""
    said = f"Your {name} raised {_plain(value['type'])}{message}{_where(value, name)}"
    return CheckFailed(said if said.endswith((".", "!", "?")) else f"{said}.")


def _unanswered(name, missing):
    if missing is None:
        return NotAnswered(
            f"There is no function called {name}: its cell was not run, its name was changed, or it is"
            " not answered yet."
        )
    if missing == name:
        return NotAnswered(f"{name} is not answered yet.")
    missing = _plain(missing)
    # The answer itself is there, so this is no `NotAnswered`.
    return CheckFailed(
        f"Your {name} calls your {missing}, which is not answered yet. Write {missing} first."
    )


def _where(error, name):
    if not isinstance(error, dict) or not error["line"]:
        return ""
    code = f": `{_plain(error['code'])}`" if error["code"] else ""
    # The answer may have called another one, whose cell it then is.
    owner = _plain(error["function"])
    if owner.isidentifier() and owner != name:
        return f" (in {owner}, line {_plain(error['line'])}{code})"
    return f" (line {_plain(error['line'])} of its cell{code})"


def _plain(text):
    """One line of printable characters, not too long: what comes from a student's process may be anything."""
    text = " ".join(str(text)[: 2 * MAX_MESSAGE].split())
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " …"


def serve(request, buffers, namespace, kept, may_use):
    """Answer one request where the student's code lives.

    Parameters
    ----------
    request, buffers
        An encoded list [target, args, kwargs]; the target is ["answer", name] or ["handle", number, method].
    namespace : dict
        The student's global names.
    kept : dict
        Objects that stay here, by number; it grows when an answer returns one.
    may_use : Limit
        Memory is limited here as a courtesy (the student's code gets a MemoryError with a line number);
        the time limit and the hard memory limit are the caller's to enforce.

    Returns
    -------
    reply, buffers
        An encoded pair (status, value).
    """

    def keep(value):
        number = len(kept)
        kept[number] = value
        return number

    def resolve(item):
        if isinstance(item, Reference):
            return kept[item.number]
        fixtures = importlib.import_module("helpers.checks.fixtures")
        return getattr(fixtures, item.name)(**item.arrays)

    try:
        target, args, kwargs = decode(request, buffers, resolve)
        function = _find(target, namespace, kept)
        with _quiet(), _memory_limit(may_use.bytes):
            value = function(*args, **kwargs)
        return encode(("value", value), keep)
    except _Undefined:
        return encode(("not answered", None))
    except TransportError as error:
        return encode(("too large", str(error)))
    except MemoryError as error:
        return encode(("out of memory", _error_facts(error, namespace)))
    except KeyboardInterrupt:
        return encode(("out of time", None))
    except BaseException as error:
        missing = _placeholder(error, target, namespace)
        if missing:
            return encode(("not answered", missing))
        return encode(("error", _error_facts(error, namespace)))


class _Undefined(Exception):
    """The student's names do not hold this answer."""


def _find(target, namespace, kept):
    kind, key, *method = target
    if kind == "answer":
        if key not in namespace:
            raise _Undefined
        if not callable(namespace[key]):
            raise TypeError(f"{key} is no function but a {type(namespace[key]).__name__}")
        return namespace[key]
    return getattr(kept[key], method[0]) if method[0] else kept[key]


def _placeholder(error, target, namespace):
    """The name of the student's function whose placeholder raised this error; None if none did.

    Libraries raise NotImplementedError too; then the last line that ran is not a student's `raise`.
    """
    frames = list(traceback.walk_tb(error.__traceback__))[1:]  # without `serve`
    if not isinstance(error, NotImplementedError) or not frames or target[0] != "answer":
        return None
    frame, line = frames[-1]
    code = linecache.getline(frame.f_code.co_filename, line)
    if code and "NotImplementedError" not in code:
        return None
    if len(frames) == 1:
        return target[1]
    return frame.f_code.co_name if frame.f_globals is namespace else None


def _error_facts(error, namespace):
    frames = [f for f in traceback.walk_tb(error.__traceback__) if f[0].f_globals is namespace]
    facts = {"type": type(error).__name__[:80], "message": _message(error)}
    facts |= {"line": 0, "code": "", "function": ""}
    if frames:
        frame, line = frames[-1]
        facts["line"] = line
        facts["function"] = _function_of(frames)
        facts["code"] = linecache.getline(frame.f_code.co_filename, line).strip()[:200]
    return facts


def _function_of(frames):
    """The innermost named function: comprehensions, lambdas and cells have names in angle brackets."""
    names = [frame.f_code.co_name[:80] for frame, _ in frames]
    return next((name for name in reversed(names) if name.isidentifier()), "")


def _message(error):
    try:
        return _plain(error)
    except Exception:
        return "(its message could not be read)"


@contextlib.contextmanager
def _quiet():
    # What an answer prints, draws or warns while it is being checked is neither wrong nor of interest.
    figures = _open_figures()
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(action="ignore"),
        ):
            yield
    finally:
        for number in _open_figures() - figures:
            sys.modules["matplotlib.pyplot"].close(number)


def _open_figures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


@contextlib.contextmanager
def _memory_limit(n_bytes):
    try:
        import resource

        with open("/proc/self/statm") as statm:
            in_use = int(statm.read().split()[0]) * resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (in_use + n_bytes, hard))
    except (ImportError, OSError, ValueError):
        yield  # not Linux: only the caller's limit holds
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class LocalHost:
    """Calls functions of this process, through the same data format as a remote one."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.kept = {}

    def invoke(self, request, buffers, may_use):
        start = time.perf_counter()
        reply = None
        try:
            with _alarm(may_use.seconds):
                reply = serve(request, buffers, self.namespace, self.kept, may_use)
        except (
            KeyboardInterrupt
        ):  # between the answer's end and the end of the alarm; or the stop button
            if time.perf_counter() - start < may_use.seconds:
                raise
        if reply is None or time.perf_counter() - start > may_use.seconds:
            return encode(("out of time", None))
        return reply


@contextlib.contextmanager
def _alarm(seconds):
    """Interrupt what takes longer, again every second, as the stop button would.

    Signals allow it in the main thread of Linux and macOS; elsewhere the time is only measured.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not (in_main_thread and hasattr(signal, "setitimer")):
        yield
        return

    def ring(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
