"""What is known of every hand-in: from where, whose, which version; and everything that came with it.

`build/intake/<lab>/register.json` has one entry for every student. Beside it, `<student>/versions/`
keeps the notebooks that newer ones replaced, and `<student>/files/` whatever else was handed in. Neither
grading nor a notebook ever sees these.
"""

import json
import os
import re
import shutil

from .files import fingerprint, write_text
from .folder import CourseError


class Register:
    """The intake of one lab.

    Parameters
    ----------
    folder : CourseFolder
    lab : str
        The lab's name.
    """

    def __init__(self, folder, lab):
        self.root = folder.build / "intake" / lab
        self.path = self.root / "register.json"
        self.entries = self._read()
        self._names = {(e["from"], e["number"]): s for s, e in self.entries.items() if e["number"]}
        self._seen = {}  # files of this intake by their fingerprint: a class hands in much twice

    def _read(self):
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        try:
            return dict(json.loads(text))
        except (ValueError, TypeError):
            raise CourseError(
                f"The register {self.path} cannot be read. Move it away, then collect again: what was handed"
                " in is not lost."
            ) from None

    def save(self):
        """Write the register, whole or not at all."""
        text = json.dumps(self.entries, ensure_ascii=False, indent=1, sort_keys=True)
        write_text(self.path, text + "\n")

    def name_of(self, origin, number):
        """The name under which a platform's number was collected first, or None."""
        return self._names.get((origin, number))

    def keep_version(self, student, path):
        """Keep a notebook that is not, or no longer, the one to be graded."""
        return self._keep(self.root / student / "versions", path, path.name)

    def keep_file(self, student, path, name):
        """Keep a file that came with a notebook."""
        return self._keep(self.root / student / "files", path, name)

    def versions(self, student):
        """How many older versions are kept."""
        return len(list((self.root / student / "versions").glob("*")))

    def _keep(self, folder, path, name):
        digest = fingerprint(path)
        target = folder / f"{digest[:8]}-{_safe(name)}"
        if target.exists():
            return target
        folder.mkdir(parents=True, exist_ok=True)
        twin = self._seen.setdefault(digest, target)
        if twin != target and _linked(twin, target):
            return target
        shutil.copyfile(path, target)
        return target


def _linked(twin, target):
    try:
        os.link(twin, target)
    except OSError:
        return False
    return True


def _safe(name):
    """A name that no file system and no program takes for anything special."""
    stem, dot, ending = re.sub(r"[^\w.-]+", "_", name).rpartition(".")
    return f"{stem[:60]}{dot}{ending[:20]}"
