"""Writing files and folders whole or not at all, so that an interruption leaves no half of one."""

import errno
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path


def write_text(path, text):
    """Write a text file in UTF-8, with the folders it needs; readers see the old file or the new one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


@contextmanager
def replacing(target, near=None):
    """Give a new folder to write into; it takes the place of `target` when the block ends well.

    Parameters
    ----------
    target : Path
        A folder, which need not exist.
    near : Path, optional
        Where the new folder grows, on the same disk; by default beside the target.
    """
    near = near or target.parent
    target.parent.mkdir(parents=True, exist_ok=True)
    near.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=".making-", dir=near))
    try:
        new = workshop / "new"
        new.mkdir()
        yield new
        if target.exists():
            os.rename(target, workshop / "old")
        os.rename(new, target)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def disk_is_full(error):
    """Whether an error says that there is no room left, on the disk or for this user."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)


def fingerprint(path):
    """SHA-256 of a file's content."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
