"""nbgrader's exchange without trust: whose a hand-in is, and of when, is what the file system says.

nbgrader's own collecting takes the word of a folder's name for both, follows links with the rights of
the instructor, and stops for the whole class at one odd name.
"""

import contextlib
import os
import pwd
import stat
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback

MAX_BYTES = 100 * 2**20  # of one file
SECRET, TIMESTAMP = "submission_secret.txt", "timestamp.txt"


class Collect(ExchangeCollect):
    """Takes from each hand-in the lab's notebook and the key to its feedback; the rest stays there."""

    def init_src(self):
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def _path_to_record(self, path):
        """Whose a hand-in is and of when: of its owner, and of when it was last changed.

        The system keeps the time of a change, which nobody but its administrator can set back.
        """
        try:
            username = pwd.getpwuid(_owner(path)).pw_name
        except (KeyError, OSError) as error:
            self.log.warning("Left out: %s (%s)", path, error)
            username = None
        changed = datetime.fromtimestamp(_changed(path, self._notebook(path)), UTC)
        return {
            "username": username,
            "filename": Path(path).name,
            "timestamp": changed.replace(tzinfo=None),  # as nbgrader keeps times
        }

    def _notebook(self, path):
        return Path(path) / f"{self.coursedir.assignment_id}.ipynb"

    def do_copy(self, src, dest, log=None):
        """Copy what is needed, where it is a plain file of the student's own."""
        when = self._path_to_record(src)["timestamp"]
        Path(dest).mkdir()
        for name in (self._notebook(src).name, SECRET):
            try:
                (Path(dest) / name).write_bytes(_read(src, name))
            except OSError as error:
                self.log.warning("Left out: %s of %s (%s)", name, src, error)
        (Path(dest) / TIMESTAMP).write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8")


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Gives feedback back to those who handed in through the exchange, and to nobody else."""

    def copy_files(self):
        self.coursedir.student_id_exclude = ",".join(
            student for student in self._students() if not self._has_key(student)
        )
        super().copy_files()

    def _folder(self, student):
        lab, step = self.coursedir.assignment_id, self.coursedir.feedback_directory
        return Path(self.coursedir.format_path(step, student, lab))

    def _students(self):
        return [path.name for path in self._folder("*").parents[1].glob("*") if path.is_dir()]

    def _has_key(self, student):
        return all((self._folder(student) / name).is_file() for name in (SECRET, TIMESTAMP))


def _changed(*paths):
    """When the latest of several changed, in seconds."""
    times = [0.0]
    for path in paths:
        with contextlib.suppress(OSError):
            times.append(os.lstat(path).st_ctime)
    return max(times)


def _owner(path):
    status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode):
        raise OSError("not a folder")
    return status.st_uid


def _read(folder, name):
    """A file in a folder that somebody else may change at any moment: no link leads away from it."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
        with open(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise OSError("not a plain file")
            if status.st_uid != os.fstat(place).st_uid:
                raise OSError("somebody else's file")
            if status.st_size > MAX_BYTES:
                raise OSError("too large")
            return file.read(MAX_BYTES)
    finally:
        os.close(place)
