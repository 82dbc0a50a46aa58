"""Where a nursery runs: behind a wall of the operating system, or, for work that is trusted, in the open.

Behind the wall there is no network, and of the files only Python, its packages, system libraries and what
the lab's bundle holds, all read-only; each kernel then gets namespaces of its own (`course.confine`).
"""

import contextlib
import functools
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .folder import CourseError, CourseFolder

# Below these, and below where Python lives, there is nothing that is the instructor's own.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/fonts", "/etc/localtime")  # fmt: skip
# Below the system's folders, but people's: nbgrader's exchange with everybody's submissions, and sources.
PRIVATE = ("/usr/local/share/nbgrader", "/usr/local/src", "/usr/src", "/usr/local/share/jupyter/runtime")  # fmt: skip
LAB, KERNELS, SCRATCH = Path("/lab"), Path("/kernels"), Path("/scratch")


class Open:
    """No wall: for answers that are trusted, such as the course's own."""

    confined = False

    def command(self, program, environment, folder):
        """The command line that runs a program."""
        return program

    def inside(self, path, folder):
        """What a path in the nursery's folder is called inside."""
        return path

    def lab(self, environment):
        """What the folder of the lab is called inside."""
        return environment

    def outer_pid(self, pid):
        """The process id of what runs the program, given that of the command."""
        return pid


class _Walled:
    confined = True

    def trouble(self):
        """Why this wall does not stand here, or None."""
        if not shutil.which(self.tool):
            return f"{self.tool} is not installed"
        reason = _try(self)
        return reason and f"{self.tool} does not work here: {reason}"

    def inside(self, path, folder):
        """What a path in the nursery's folder is called inside."""
        return KERNELS / Path(path).relative_to(folder)

    def lab(self, environment):
        """What the folder of the lab is called inside."""
        return LAB

    def outer_pid(self, pid):
        """The process id of what runs the program, given that of the command: its only child."""
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def shows(self, path):
        """Whether something of this machine can be read inside."""
        inside = any(Path(path).resolve().is_relative_to(p.resolve()) for p in _seen())
        return inside and not any(Path(path).is_relative_to(p) for p in _hidden())

    def _mounts(self, environment, folder):
        """What is seen inside: pairs (place here, place there), all read-only but the last."""
        return [*((p, p) for p in _seen()), (environment, LAB), (folder, KERNELS)]


def _pythons():
    pythons = {Path(p).resolve() for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    return pythons | {Path(p) for p in (sys.prefix, sys.base_prefix)}


def _seen():
    seen = [Path(p) for p in (*SYSTEM, *SETTINGS) if os.path.exists(p)]
    return seen + [p for p in sorted(_pythons()) if not any(p.is_relative_to(s) for s in SYSTEM)]


def _hidden():
    """Private places, unless Python itself lives there."""
    there = [Path(p) for p in PRIVATE if os.path.isdir(p) and not os.path.islink(p)]
    return [p for p in there if not any(python.is_relative_to(p) for python in _pythons())]


class Bubblewrap(_Walled):
    """A wall by bubblewrap."""

    tool = "bwrap"

    def command(self, program, environment, folder):
        """The command line that runs a program behind the wall."""
        line = [shutil.which("bwrap"), "--die-with-parent", "--as-pid-1"]
        line += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]  # fmt: skip
        if os.getuid():
            line += ["--unshare-user"]
        # Rights over this small world, which the keeper of a kernel uses and the kernel gives up.
        line += ["--cap-add", "ALL", "--hostname", "lab", "--proc", "/proc", "--dev", "/dev"]
        line += [
            "--size",
            "1000000",
            "--tmpfs",
            "/dev/shm",
        ]  # which joblib tries when it is imported
        line += ["--size", "1000000", "--tmpfs", "/tmp", "--dir", str(SCRATCH)]
        mounts = self._mounts(environment, folder)
        for here, there in mounts[:-1]:
            if here.is_symlink() and here == there:
                line += ["--symlink", os.readlink(here), str(there)]
            else:
                line += [
                    word
                    for parent in reversed(there.parents[:-1])
                    for word in ("--dir", str(parent))
                ]
                line += ["--ro-bind", str(here), str(there)]
        for place in _hidden():
            line += ["--size", "4096", "--tmpfs", str(place), "--remount-ro", str(place)]
        here, there = mounts[-1]
        line += ["--bind", str(here), str(there), "--chdir", "/"]
        return [*line, "--remount-ro", "/dev", "--remount-ro", "/", "--", *program]


class Unshare(_Walled):
    """A wall by util-linux's unshare and the shell, where there is no bubblewrap."""

    tool = "unshare"

    def command(self, program, environment, folder):
        """The command line that runs a program behind the wall."""
        user = ["--user", "--map-root-user"] if os.getuid() else []
        line = [shutil.which("unshare"), *user, "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"]  # fmt: skip
        script = [
            "set -e",
            "PATH=$PATH:/usr/sbin:/sbin",
            'new="$1"; shift',
            'mount -t tmpfs -o size=1m,mode=755 none "$new"',
            'cd "$new"; mkdir proc dev dev/shm tmp scratch old',
            "mount -t proc -o nosuid,nodev,noexec proc proc",
            "for d in tmp dev/shm; do mount -t tmpfs -o size=1m none $d; done",
            "for d in null zero full random urandom tty; do : > dev/$d; mount --bind /dev/$d dev/$d; done",
            "ln -s /proc/self/fd dev/fd",
            'while [ "$1" != -- ]; do',
            '  here="$1"; there="$new$2"; mode="$3"; shift 3',
            '  if [ -d "$here" ]; then mkdir -p "$there"; else mkdir -p "${there%/*}"; : > "$there"; fi',
            '  mount --bind "$here" "$there"',
            '  if [ $mode = ro ]; then mount -o remount,bind,ro "$there"; fi',
            "done",
            "shift",
            'while [ "$1" != -- ]; do mount -t tmpfs -o ro,size=4k none "$new$1"; shift; done',
            "shift",
            'mount -o remount,bind,ro "$new"',
            "pivot_root . old; cd /; umount -l old",
            'exec "$@"',
        ]
        root = Path(folder) / "root"
        root.mkdir()
        mounts = self._mounts(environment, folder)
        modes = ["ro"] * (len(mounts) - 1) + ["rw"]
        listed = [str(x) for (here, there), mode in zip(mounts, modes, strict=True) for x in (here.resolve(), there, mode)]  # fmt: skip
        return [
            *line,
            "sh",
            "-c",
            "\n".join(script),
            "sh",
            str(root),
            *listed,
            "--",
            *map(str, _hidden()),
            "--",
            *program,
        ]


OPEN = Open()


@functools.cache
def available():
    """The best wall of this machine, and None with the reason where there is none.

    Returns
    -------
    Bubblewrap, Unshare or None
    str
        What it is, or why there is none.
    """
    if platform.system() != "Linux":
        return None, f"{platform.system()} has no sandbox that the course can use"
    reasons = []
    for wall in (Bubblewrap(), Unshare()):
        reason = wall.trouble()
        if reason is None:
            return wall, wall.tool
        reasons.append(reason)
    return None, "; ".join(reasons)


def wall(trust=False):
    """What shuts kernels in: the best wall of this machine, or none where the submissions are trusted.

    Raises
    ------
    CourseError
        If this machine has no wall.
    """
    if trust:
        return OPEN
    found, reason = available()
    if found is None:
        raise CourseError(
            f"Submissions cannot be shut in on this machine ({reason}), so a hostile one could read and change"
            " your files. Install bubblewrap on Linux (apt install bubblewrap), or, if you trust every"
            " submission, grade with --trust-submissions."
        )
    for place in _private_places():
        if found.shows(place):
            raise CourseError(
                f"The course lies in {place}, where Python or the system keeps its files: submissions could"
                " read the hidden checks there. Move it to a folder of its own, and install it there with"
                " `pip install -e .`, or, if you trust every submission, grade with --trust-submissions."
            )
    return found


def _private_places():
    """Where the hidden checks, the solutions and the submissions lie."""
    places = [Path(__file__).resolve().parents[1]]
    with contextlib.suppress(CourseError):
        places.append(CourseFolder.find().root)
    return places


def _try(wall):
    """Shut in a program that does nothing; returns why that did not work, or None."""
    program = Path(__file__).with_name("confine.py").read_text(encoding="utf-8")
    program += (
        'print("walled", flush=True)\n'
        'keep_kernel({"folder": "/kernels/one"}, lambda tell: (tell(), os._exit(0)))'
    )
    with tempfile.TemporaryDirectory(prefix="w") as folder:
        lab, kernels = Path(folder) / "lab", Path(folder) / "kernels"
        (kernels / "one").mkdir(parents=True)
        (kernels / "one" / "c.json").touch()
        lab.mkdir()
        command = wall.command([sys.executable, "-I", "-c", program], lab, kernels)
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode == 0 and "walled" in done.stdout:
        return None
    # mount's last line only says where the system's messages are.
    lines = [line for line in done.stderr.strip().splitlines() if "dmesg" not in line]
    return lines[-1] if lines else f"it ended with status {done.returncode}"
