"""Downloads as the platforms make them, by the naming rules of their own sources (see `course.downloads`)."""

import json
import re
import zipfile
from dataclasses import dataclass

LAB = "01-toy-gmm"


@dataclass(frozen=True)
class Member:
    """Somebody in a class."""

    first: str
    last: str
    login: str
    number: int
    late: bool = False


CLASS = (
    Member("Zoë", "Müller", "zmueller", 4711),
    Member("Ada", "Šťastná", "astastna", 4712, late=True),
    Member("Anna-Lena", "O'Brien", "aobrien", 4713),
    Member("Li", "李", "li", 4714),
)
UMLAUTS = {umlaut: f"{letter}e" for umlaut, letter in zip("äöü", "aou", strict=True)}
ASCII = str.maketrans(UMLAUTS | dict(zip("ëŠťá李", "eSta_", strict=True)))


def notebook(text="", cells=("fit_mog", "mog_bic")):
    """A small notebook with the answer cells of lab 01, or of whatever is named."""
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "source": text,
                    "outputs": [],
                    "metadata": {"nbgrader": {"grade_id": name, "solution": True}},
                }
                for name in cells
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def pack(path, files):
    """Write a zip archive of {name: text or bytes}."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def canvas_name(member, file_number, name=f"{LAB}.ipynb"):
    """`ContentZipper#get_filename` and what it adds for an attachment."""
    late = "_LATE" if member.late else ""
    sortable = f"{member.last}, {member.first}".lower()
    return re.sub(r"\W", "", f"{sortable}{late}_{member.number}") + f"_{file_number}_{name}"


def canvas(path, texts, members=CLASS):
    """All files in one heap."""
    files = {canvas_name(m, 9000 + i): texts(m) for i, m in enumerate(members)}
    return pack(path, files)


def moodle_folder(member):
    """`downloader::get_student_prefix` with the plug-in's name."""
    return f"{member.first} {member.last}_{member.number}_assignsubmission_file"


def moodle(path, texts, members=CLASS, flat=False):
    """A folder for everyone or, as before Moodle 3.1, one heap."""
    mark = "_" if flat else "/"
    return pack(path, {f"{moodle_folder(m)}{mark}{LAB}.ipynb": texts(m) for m in members})


def ilias_folder(member):
    """`ilExSubmission::getDirectoryNameFromUserData`."""
    return f"{member.last}_{member.first}_{member.login}_{member.number}".translate(ASCII)


def ilias(path, texts, members=CLASS, inside="Mixtures/Submissions/"):
    """A folder for everyone, inside the assignment's; late files say so in front of their names."""
    late = {True: "Late Submission - ", False: ""}
    names = {m: f"{inside}{ilias_folder(m)}/{late[m.late]}{LAB}.ipynb" for m in members}
    return pack(path, {names[m]: texts(m) for m in members})


DOWNLOADS = {"canvas": canvas, "moodle": moodle, "ilias": ilias}
STUDENTS = {  # what everybody is called here without a roster
    "canvas": ["müllerzoë_4711", "šťastnáada_4712", "obrienannalena_4713", "李li_4714"],
    "moodle": ["Zoë Müller_4711", "Ada Šťastná_4712", "Anna-Lena O'Brien_4713", "Li 李_4714"],
    "ilias": [m.login for m in CLASS],
}
