"""What students receive: a folder with one lab that runs by itself and solves nothing.

The same function writes the folder that grading kernels see, so that an answer which works with the
bundle works in grading.
"""

import contextlib
import json
import re
import shutil
import tempfile
import tomllib
from pathlib import Path

import nbformat

import helpers
from helpers.checks import module_name

from .files import fingerprint, replacing
from .folder import CourseError
from .lab import Lab

CHECKOUT = Path(__file__).resolve().parents[1]
HELPERS = Path(helpers.__file__).resolve().parent
# What a bundle may hold of `helpers`. A module that is not named here stays at home, so that a new one
# never gives a solution away by accident.
GIVEN = ("__init__", "data", "plotting")
CHECK_LIBRARY = (
    "__init__", "answers", "core", "expectations", "fixtures", "remote", "rendering", "transport",
)  # fmt: skip
# What a student installs; the versions are those of the lock.
STUDENT_PACKAGES = (
    "ipykernel", "jupyterlab", "matplotlib", "nbformat", "nbgrader", "numpy", "pandas",
    "scikit-learn", "scipy", "sqlalchemy", "threadpoolctl",
)  # fmt: skip
MANIFEST = ".bundle.json"
_LITTER = {"__pycache__", ".ipynb_checkpoints", ".DS_Store", MANIFEST}


def release(lab, to=None, with_solutions=()):
    """Make a lab's bundle and enter the lab into nbgrader's gradebook.

    Parameters
    ----------
    lab : Lab
    to : path, optional
        The folder that receives `<lab>/`; by default `build/bundle` of the course.
    with_solutions : iterable of str
        Labs whose solving modules of `helpers` come along.

    Returns
    -------
    Path
        The bundle.

    Raises
    ------
    CourseError
        If its place is taken by something that is no bundle, or nbgrader refuses the lab.
    """
    from . import gradebook  # nbgrader takes a second to load

    target = Path(to or lab.folder.build / "bundle") / lab.name
    _refuse_to_destroy(target, lab.name)
    gradebook.register(lab)
    with replacing(target) as folder:
        _write_bundle(folder, lab, with_solutions)
    return target


@contextlib.contextmanager
def environment_of(lab, place=None):
    """A temporary folder with the `helpers` and data that the lab's bundle holds, for kernels to import.

    Only the lab's own checks are left out: they run elsewhere, and what they compare answers with is an
    answer too.

    Raises
    ------
    CourseError
        If the lab needs packages that are not installed: every answer would seem wrong.
    """
    if lab.missing:
        raise CourseError(
            f"Lab {lab.name} cannot be graded here: {' and '.join(lab.missing)} must be installed first."
            " Run `make deep` in the course's folder. No grade has changed."
        )
    with tempfile.TemporaryDirectory(prefix="e", dir=place) as folder:
        write_environment(folder, lab)
        checks = Path(folder) / "helpers" / "checks" / f"{module_name(lab.name)}.py"
        checks.write_text('"""The checks of this lab run elsewhere in grading."""\n', "utf-8")
        yield Path(folder)


def write_environment(destination, lab, with_solutions=()):
    """Write what the lab's notebook imports and reads: `helpers/` and `data/`.

    Parameters
    ----------
    destination : path
        An existing folder.
    lab : Lab
    with_solutions : iterable of str
        Labs whose solving modules come along.
    """
    write_helpers(destination, lab, with_solutions)
    for name in lab.about.get("data", []):
        source = _data_file(lab, name)
        target = Path(destination) / "data" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def write_helpers(destination, lab, with_solutions=()):
    """Write `helpers/` with the given modules, the check library and the visible checks of one lab."""
    solving = [m for name in with_solutions for m in _solutions(Lab(lab.folder, name))]
    checks = [f"checks/{name}" for name in (*CHECK_LIBRARY, module_name(lab.name))]
    for module in (*GIVEN, *lab.about.get("given", []), *checks, *solving):
        for source in _sources(module, lab):
            target = Path(destination) / "helpers" / source.relative_to(HELPERS)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _sources(module, lab):
    """The files of a module of `helpers`, or of a package without its subpackages."""
    place = HELPERS / module
    files = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    for file in files or [place]:
        if not file.is_file():
            raise CourseError(f"Lab {lab.name} cannot be released: its students need {file}.")
    return files


def _solutions(lab):
    if "solutions" not in lab.about:
        raise CourseError(
            f"{lab.path} does not say which modules of helpers solve it: add `solutions`, a list of their"
            " names, to `lab` in the notebook's metadata."
        )
    return lab.about["solutions"]


def requirements(lab):
    """The lines of a student's requirements.txt: our packages, pinned as in requirements.lock.

    A lab with deep networks adds torch, in the version of the Makefile.
    """
    lock = CHECKOUT / "requirements.lock"
    if not lock.is_file():
        raise CourseError(f"{lock} is missing: bundles are made from a checkout of the course.")
    pins = re.findall(r"^([\w.-]+)(==\S+)(?: *;[^\\\n]*)? *\\?$", lock.read_text("utf-8"), re.M)
    pinned = {name.lower(): version for name, version in pins}
    deep = ("safetensors",) if lab.about.get("deep") else ()
    torch = re.findall(r"torch==\S+", (CHECKOUT / "Makefile").read_text("utf-8"))[: len(deep)]
    return [name + pinned[name] for name in sorted((*STUDENT_PACKAGES, *deep))] + torch


def _write_bundle(folder, lab, with_solutions):
    write_environment(folder, lab, with_solutions)
    nbformat.write(lab.released, folder / f"{lab.name}.ipynb")
    texts = {
        "requirements.txt": "\n".join(requirements(lab)) + "\n",
        "environment.yml": _conda_environment(lab.name),
        "README.md": _readme(lab),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    manifest = {"lab": lab.name, "files": _checksums(folder)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _conda_environment(name):
    python = re.search(r"python=[\d.]+", (CHECKOUT / "environment.yml").read_text("utf-8"))[0]
    lines = (f"name: {name}", "channels:", "  - conda-forge", "  - nodefaults", "dependencies:")
    more = (f"  - {python}", "  - pip", "  - pip:", "      - -r requirements.txt")
    return "\n".join((*lines, *more)) + "\n"


def _readme(lab):
    text = (Path(__file__).parent / "templates" / "README.md").read_text(encoding="utf-8")
    minutes = lab.about.get("minutes")
    about = {
        "LAB": lab.name,
        "TITLE": lab.about.get("title", lab.name),
        "PYTHONS": _pythons(),
        "BY_HAND": "Figures and written questions are graded by a person."
        if lab.manual
        else "All points come from checks; figures and questions are for you.",
        "TIME": f"Plan about {minutes / 60:.2g} hours for it. " if minutes else "",
    }
    return re.sub(r"\{([A-Z_]+)\}", lambda found: about[found[1]], text)


def _pythons():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    first, beyond = map(int, re.findall(r"3\.(\d+)", project["requires-python"]))
    *versions, last = [f"3.{minor}" for minor in range(first, beyond)]
    return f"{', '.join(versions)} or {last}"


def _data_file(lab, name):
    places = [lab.folder.root / "data" / name, CHECKOUT / "data" / name]
    for place in places:
        if place.is_file():
            return place
    raise CourseError(f"Lab {lab.name} needs the data file {name}, which is not at {places[0]}.")


def _checksums(folder):
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and not _LITTER & set(p.parts)]
    return {p.relative_to(folder).as_posix(): fingerprint(p) for p in files}


def _refuse_to_destroy(target, lab):
    """Only what `release` wrote itself, and nobody changed since, may be replaced."""
    if not target.exists() and not target.is_symlink():
        return
    try:
        written = json.loads((target / MANIFEST).read_text("utf-8"))["files"]
        found = _checksums(target)
    except (OSError, ValueError, KeyError, TypeError):
        raise CourseError(
            f"{target} is in the way: it is not a bundle of ours. Move it, or choose another place with --to."
        ) from None
    strange = [name for name, checksum in found.items() if written.get(name) != checksum]
    if strange:
        raise CourseError(
            f"{target} holds work that is not ours ({strange[0]} was added or changed since the release)."
            " Move it, or choose another place with --to."
        )
