"""Attempts to break out of a kernel: `course doctor` makes them, and each must fail.

An attempt is a piece of Python that ends without an error if it succeeded. What it aims at (a server, a
file, a variable of the instructor's) is there when it is made, so that failing means something.
"""

import contextlib
import os
import secrets
import socket
import tempfile
from pathlib import Path

from .confine import LIMITS, SCRATCH
from .kernel import MAX_TEXT

# What must not work, and how to try it; names in braces are filled in with what is aimed at.
ATTEMPTS = {
    "reach the network": "import socket\nsocket.create_connection(('127.0.0.1', {port}), 3)",
    "read the instructor's files": "open({secret!r}).read()",
    "see the instructor's variables": "import os, glob\n"
    "texts = [str(dict(os.environ))]\n"
    "for path in glob.glob('/proc/*/environ'):\n"
    "    try: texts.append(open(path).read())\n"
    "    except OSError: pass\n"
    "assert {word!r} in ' '.join(texts)",
    "write outside its scratch folder": "import os, sys, helpers\n"
    "places = ['/', '/usr/lib', '/dev', sys.prefix, os.path.dirname(helpers.__file__), {folder!r}]\n"
    "def can_write(place):\n"
    "    path = os.path.join(place, {word!r})\n"
    "    try: open(path, 'x').close(); os.unlink(path); return True\n"
    "    except OSError: return False\n"
    "assert any(map(can_write, places))",
    "fill the disk": "for i in range(2 * {scratch} // 2**24 + 1):\n"
    "    open(f'x{{i}}', 'wb').write(bytes(2**24))",
    "start any number of processes": "import os, signal\n"
    "pids = []\n"
    "try:\n"
    "    while len(pids) < 4 * {processes}:\n"
    "        pid = os.fork()\n"
    "        if not pid: signal.pause()\n"
    "        pids.append(pid)\n"
    "finally:\n"
    "    for pid in pids: os.kill(pid, signal.SIGKILL); os.waitpid(pid, 0)",
    "take any amount of memory": "import mmap\nblocks = [mmap.mmap(-1, 2**30) for _ in range(100)]",
    "see other processes": "import os\n"
    "assert [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]",
    "see other kernels' files": "import os\nassert {other!r} in str(list(os.walk('/kernels')))",
    "gain rights": "import ctypes, os\n"
    "libc = ctypes.CDLL(None)\n"
    "tries = [libc.unshare(0x10000000), libc.mount(b'x', b'/', b'tmpfs', 0, None)]\n"
    "if os.getuid(): tries.append(libc.setuid(0))\n"
    "assert 0 in tries",
    "open any number of files": "files = [open('/dev/null') for _ in range(4 * {files})]",
}


def succeeded(nursery):
    """Make every attempt in a kernel of a nursery.

    Parameters
    ----------
    nursery : Nursery

    Returns
    -------
    dict
        Name of each attempt → whether it succeeded.
    """
    import resource

    word = secrets.token_hex(8)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        secret = Path(folder) / "secret.txt"
        secret.write_text(word)
        os.environ["COURSE_BREAKOUT"] = word
        stack.callback(os.environ.pop, "COURSE_BREAKOUT")
        other = nursery.kernel()
        stack.callback(other.close)
        other.wait_until_ready()
        aims = {
            "port": server.getsockname()[1],
            "secret": str(secret),
            "folder": folder,
            "word": word,
            "scratch": SCRATCH,
            "processes": LIMITS[resource.RLIMIT_NPROC],
            "files": LIMITS[resource.RLIMIT_NOFILE],
            "other": other.name,
        }
        found = {
            name: _executed(nursery, code.format(**aims)).status == "ok"
            for name, code in ATTEMPTS.items()
        }
        done = _executed(nursery, f"for _ in range(100): print('x' * {MAX_TEXT})")
        printed = sum(len(output.get("text", "")) for output in done.outputs)
    return {**found, "print without end": printed > 2 * MAX_TEXT}


def _executed(nursery, code):
    kernel = nursery.kernel()
    try:
        return kernel.execute(code, 20)
    finally:
        kernel.close()
