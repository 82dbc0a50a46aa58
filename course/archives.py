"""Reading what a download holds, folders and zip archives alike, without trusting a name or a size in it.

No name from an archive ever becomes a name on this disk: each file is unpacked under a number, and its
name is only read. So `../`, absolute names, device names, names that differ in case and names that are
too long can do nothing; they are refused all the same, because nobody means well with them.
"""

import os
import re
import stat
import time
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .folder import CourseError

MAX_DEPTH = 3  # archives in archives
MAX_FILES = 100_000
MAX_FILE_BYTES = 512 * 2**20
MAX_BYTES = 16 * 2**30  # all that one download may unpack to
MAX_NESTED_BYTES = 4 * 2**30  # and an archive inside it
MAX_RATIO = 150  # text packs to a tenth, pictures not at all
SMALL = 4 * 2**20  # below this, a high ratio harms nobody
MAX_NAME = 255  # characters of one name
_CHUNK = 2**20
_IGNORED = {"__MACOSX", ".ipynb_checkpoints", "Thumbs.db"}
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_UNICODE_PATH = 0x7075  # Info-ZIP's extra field with the name in UTF-8
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz")


@dataclass(frozen=True)
class Item:
    """One file of a download."""

    parts: (
        tuple  # its folders and its name, as the download says; no name stands for an empty folder
    )
    path: Path | None  # where its content lies; None if it was refused
    modified: datetime | None = None
    problem: str = ""  # why it was refused

    @property
    def name(self):
        """The file's own name."""
        return self.parts[-1]

    @property
    def suffix(self):
        """The ending of its name, in small letters."""
        return Path(self.name).suffix.lower()


def read_download(source, workshop):
    """All files of a folder, a zip archive or a single file, with those of archives inside it.

    Parameters
    ----------
    source : path
        A folder, a zip archive or one file.
    workshop : path
        An empty folder that receives what is unpacked.

    Returns
    -------
    list of Item
        Sorted by their names. What had to be refused has no `path` but a `problem`. An archive inside
        counts as a folder of its name, without the ending.

    Raises
    ------
    CourseError
        If the download itself is no archive that can be opened, or unpacks to more than there may be.
    """
    source = Path(source).absolute()
    reader = _Reader(Path(workshop))
    if source.is_dir():
        items = reader.folder(source)
    elif is_zip(source):
        try:
            items = reader.archive(source, (), depth=1)
        except Refused as reason:
            raise CourseError(
                f"{source} {reason}. Download it again, then collect it anew."
            ) from None
    elif source.suffix.lower() in _OTHER_ARCHIVES:
        raise CourseError(
            f"{source} is no zip archive, and no other kind is opened here. Unpack it, then give the folder."
        )
    else:
        items = [reader.file(source, (source.name,))]
    return sorted(items, key=lambda item: item.parts)


def is_zip(path):
    """Whether a file calls itself a zip archive or begins like one."""
    if path.is_symlink() or not path.is_file():
        return False
    if path.suffix.lower() == ".zip":
        return True
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04" and path.suffix.lower() != ".ipynb"
    except OSError:
        return False


def is_other_archive(name):
    """Whether a name is that of an archive which is not opened here."""
    return name.lower().endswith(_OTHER_ARCHIVES)


class Refused(Exception):
    """An archive, or a file in one, that is not unpacked; the message completes "FILE …"."""


class _Reader:
    def __init__(self, workshop):
        self.workshop = workshop
        self.n_files = 0
        self.n_bytes = 0

    def folder(self, root):
        items = []
        for place, folders, files in os.walk(root):
            here = Path(place)
            folders[:] = sorted(f for f in folders if not _is_ignored(f))
            links = [f for f in folders if (here / f).is_symlink()]
            for name in [*sorted(f for f in files if not _is_ignored(f)), *links]:
                parts = tuple(map(_composed, (here / name).relative_to(root).parts))
                items += self.entry(here / name, parts)
            if not folders and not files and here != root:
                items.append(Item((*map(_composed, here.relative_to(root).parts), ""), None))
        return items

    def entry(self, path, parts):
        if not is_zip(path):
            return [self.file(path, parts)]
        return self.nested(path, parts, depth=1)

    def file(self, path, parts):
        if path.is_symlink():
            why = f"{path.name} is a link, which may lead to somebody else's work: put the file in its place."
            return Item(parts, None, problem=why)
        if not path.is_file():
            return Item(parts, None, problem=f"{path.name} is not a file: ask for a new hand-in.")
        if not os.access(path, os.R_OK):
            return Item(
                parts, None, problem=f"{path.name} may not be read: change its permissions."
            )
        return Item(parts, path, datetime.fromtimestamp(path.stat().st_mtime))

    def nested(self, path, parts, depth):
        """The files of an archive inside a download; if it cannot be opened, the reason."""
        inside = (*parts[:-1], Path(parts[-1]).stem)
        try:
            return self.archive(path, inside, depth)
        except Refused as reason:
            why = f"{parts[-1]} {reason}. Ask for the notebook alone."
            return [Item(parts, None, problem=why)]

    def archive(self, path, parents, depth):
        if depth > MAX_DEPTH:
            raise Refused(f"holds archives in archives, more than {MAX_DEPTH} deep")
        limit = MAX_BYTES if depth == 1 and not parents else MAX_NESTED_BYTES
        start = self.n_bytes
        items, folders = [], []
        try:
            with zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    if info.is_dir():
                        folders.append((*parents, *_parts(_name_of(info))))
                        continue
                    items += self.member(archive, info, parents, depth)
                    if self.n_bytes - start > limit:
                        raise Refused(f"unpacks to more than {limit // 2**30} GiB")
        except (zipfile.BadZipFile, EOFError, ValueError, OverflowError, NotImplementedError):
            raise Refused("is not a whole zip archive; it may have been cut off") from None
        return items + _empty(folders, items)

    def member(self, archive, info, parents, depth):
        """The items that one entry of an archive stands for."""
        name = _name_of(info)
        parts = _parts(name)
        if any(map(_is_ignored, parts)):
            return []
        shown = (*parents, *(parts or ("?",)))
        try:
            _check_name(name, parts)
            _check_kind(info)
            path = self.unpacked(archive, info)
        except Refused as reason:
            return [Item(shown, None, problem=f"{shown[-1]} {reason}. Ask for the file itself.")]
        if is_zip(path) or (shown[-1].lower().endswith(".zip")):
            return self.nested(path, shown, depth + 1)
        return [Item(shown, path, _modified(info))]

    def unpacked(self, archive, info):
        """Write one entry's content under a number, counting what really comes out."""
        self.n_files += 1
        if self.n_files > MAX_FILES:
            raise CourseError(
                f"{archive.filename} holds more than {MAX_FILES:,} files. Is it the right download?"
            )
        target = self.workshop / f"{self.n_files:06d}"
        n_bytes = 0
        try:
            with archive.open(info) as packed, target.open("wb") as file:
                while chunk := packed.read(_CHUNK):
                    n_bytes += len(chunk)
                    self.n_bytes += len(chunk)
                    self.check_size(n_bytes, info)
                    file.write(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise Refused("is damaged in the archive") from None
        return target

    def check_size(self, n_bytes, info):
        if n_bytes > SMALL and n_bytes > MAX_RATIO * max(info.compress_size, 1):
            raise Refused(f"grows more than {MAX_RATIO}-fold when unpacked: a zip bomb")
        if n_bytes > MAX_FILE_BYTES:
            raise Refused(f"is larger than {MAX_FILE_BYTES // 2**20} MiB")
        if self.n_bytes > MAX_BYTES:
            raise CourseError(
                f"This download unpacks to more than {MAX_BYTES // 2**30} GiB. Look for the file that is"
                " too large, take it out, then collect again."
            )


def _empty(folders, items):
    """Items for folders that nothing lies in: somebody handed in nothing."""
    filled = {item.parts[:n] for item in items for n in range(len(item.parts))}
    filled |= {folder[:n] for folder in folders for n in range(len(folder))}
    names = [f for f in dict.fromkeys(folders) if f not in filled]
    return [Item((*f, ""), None) for f in names if not any(map(_is_ignored, f)) and ".." not in f]


def _check_name(name, parts):
    absolute = name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name)
    if absolute or not parts or ".." in parts:
        raise Refused("has a name that leads out of its folder")
    if any(len(part) > MAX_NAME for part in parts) or len(parts) > 50:
        raise Refused("has a name that is too long")


def _check_kind(info):
    if info.flag_bits & _ENCRYPTED:
        raise Refused("is encrypted: ask for it without a password")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise Refused("is a link, which may lead to somebody else's work")
    if kind not in (0, stat.S_IFREG):
        raise Refused("is not a file but a device or a pipe")


def _parts(name):
    """The folders and the name of an entry; Windows tools may have written backslashes."""
    parts = _composed(name).replace("\\", "/").split("/")
    return tuple(part for part in parts if part not in ("", "."))


def _is_ignored(name):
    return (name.startswith(".") and name != "..") or name in _IGNORED


def _composed(text):
    # The same name may be composed or decomposed, depending on the system that packed it. Bytes that
    # are no text at all come as lone surrogates, which nothing can print or store.
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", text)


def _name_of(info):
    """An entry's name; without the mark for UTF-8, it is decoded in the way that gives letters."""
    if info.flag_bits & _UTF8_NAME:
        return info.orig_filename.split("\0")[0]
    extra = _extra_field(info.extra, _UNICODE_PATH)
    raw = info.orig_filename.split("\0")[0].encode("cp437", "replace")
    if len(extra) > 5 and extra[:1] == b"\1":
        raw = extra[5:]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        readings = [raw.decode(code, "replace") for code in ("cp437", "cp1252")]
        return next((name for name in readings if _is_latin(name)), readings[0])


def _is_latin(name):
    return all(c.isascii() or unicodedata.name(c, "").startswith("LATIN") for c in name)


def _extra_field(extra, wanted):
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if kind == wanted:
            return extra[4 : 4 + size]
        extra = extra[4 + size :]
    return b""


def _modified(info):
    try:
        modified = datetime(*info.date_time)
    except ValueError:
        return None
    # 1980 is zip's way of saying that nobody knows.
    return modified if 1980 < modified.year <= time.localtime().tm_year + 1 else None
