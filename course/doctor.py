"""Is this machine, and this course, in order? One line for each thing, with what to do where it is not."""

import platform
import re
import shutil
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

from .folder import CourseError, CourseFolder
from .release import CHECKOUT, HELPERS

NEEDED_GIB = 1.0


class Trouble(Exception):
    """Something is not in order: what, and how to mend it."""

    def __init__(self, what, fix):
        super().__init__(what)
        self.fix = fix


def examine(say):
    """Check everything that can be checked here.

    Parameters
    ----------
    say : callable
        Prints one line.

    Returns
    -------
    bool
        Whether all is well.
    """
    fine = [_report(check, say) for check in (_python, _packages, _fonts)]
    try:
        folder = CourseFolder.find()
    except CourseError as error:
        say(f"✗ {error}")
        return False
    say(f"✓ course folder {folder.root}")
    fine += [_report(check, say, folder) for check in (_disk, _gradebook)]
    return all([*fine, *_labs(folder, say)])


def _report(check, say, *arguments):
    try:
        say(f"✓ {check(*arguments)}")
        return True
    except Trouble as trouble:
        say(f"✗ {trouble}\n  Fix: {trouble.fix}")
    except CourseError as error:
        say(f"✗ {error}")
    return False


def _project():
    path = CHECKOUT / "pyproject.toml"
    if not path.is_file():
        raise Trouble(
            "this is not a checkout of the course", "run `pip install -e .` in a checkout"
        )
    return tomllib.loads(path.read_text(encoding="utf-8"))["project"]


def _python():
    from packaging.specifiers import SpecifierSet

    wanted, found = _project()["requires-python"], platform.python_version()
    if found not in SpecifierSet(wanted):
        raise Trouble(f"Python {found} is not {wanted}", "make PYTHON=/path/to/python3.12")
    return f"Python {found}"


def _packages():
    """Compare what is installed with the lock; what only an extra needs may be missing."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    needed = {canonicalize_name(Requirement(text).name) for text in _project()["dependencies"]}
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^(\w[^\\\n]*==[^\\\n]*?) *\\?$", lock, re.M)
    wrong, n = [], 0
    for pin in map(Requirement, pins):
        if pin.marker is not None and not pin.marker.evaluate():
            continue
        try:
            found = metadata.version(pin.name)
        except metadata.PackageNotFoundError:
            if canonicalize_name(pin.name) in needed:
                wrong.append(f"{pin.name} is missing")
            continue
        n += 1
        if found not in pin.specifier:
            wrong.append(f"{pin.name} is {found}, not {str(pin.specifier)[2:]}")
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise Trouble(
            f"packages differ from requirements.lock: {', '.join(wrong[:3])}{more}",
            f"{sys.executable} -m pip install -r {CHECKOUT / 'requirements.lock'}",
        )
    return f"{n} packages as in requirements.lock"


def _fonts():
    """Labels hold Greek letters and superscripts, which the font must have."""
    from matplotlib import font_manager

    try:
        font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    except ValueError:
        raise Trouble(
            "matplotlib does not find its font DejaVu Sans",
            f"{sys.executable} -m pip install --force-reinstall matplotlib",
        ) from None
    return "fonts for figures"


def _disk(folder):
    place = folder.build if folder.build.exists() else folder.root
    free = shutil.disk_usage(place).free / 2**30
    if free < NEEDED_GIB:
        raise Trouble(f"only {free:.1f} GiB are free at {place}", "make room before grading")
    return f"{free:.0f} GiB free"


def _gradebook(folder):
    from .gradebook import opened

    if not (folder.build / "gradebook.db").is_file():
        with tempfile.TemporaryDirectory() as trial, opened(CourseFolder(Path(trial))):
            return "a gradebook can be made (this course has none yet)"
    with opened(folder) as book:
        n = len(book.students)
    return f"gradebook opens ({n} student{'s' * (n != 1)})"


def _labs(folder, say):
    from .lab import Lab, lab_names

    names = lab_names(folder)
    if not names:
        say(f"✗ there is no lab in {folder.notebooks}\n  Fix: put <lab>/<lab>.ipynb there")
        return [False]
    labs = [Lab(folder, name) for name in names]
    fine = [*(_report(_lab, say, lab) for lab in labs), _report(_kernel, say, labs[0])]
    return [*fine, *_walls(labs[0], say)]


def _lab(lab):
    """The notebook can be read, and its points are those of the checks."""
    from .lab import grade_id, is_check_cell

    written = {
        grade_id(c): c.metadata.nbgrader.points for c in lab.notebook.cells if is_check_cell(c)
    }
    for task in lab.tasks:
        points = written[task.check_cell]
        if abs(points - task.max_score) > 1e-9:
            raise Trouble(
                f"lab {lab.name}: {task.name} has {points:g} points in the notebook, but its checks"
                f" have {task.max_score:g}",
                f"change the points of the cell {task.check_cell} in {lab.path}, or of the checks",
            )
        if not any(not check.hidden for check in task.checks):
            raise Trouble(
                f"lab {lab.name}: {task.name} has no check that students can run",
                "add one to the lab's module in helpers/checks",
            )
    for module in lab.about.get("solutions", []):
        if not (HELPERS / f"{module}.py").is_file():
            raise Trouble(
                f"lab {lab.name} names helpers/{module}.py as its solution, which is not there",
                f"correct `lab.solutions` in the metadata of {lab.path}",
            )
    lacking = " (to grade it, run `make deep` first)" if lab.missing else ""
    return f"lab {lab.name}: {len(lab.tasks)} tasks, {lab.max_score:g} points, as in its notebook{lacking}"


def _kernel(lab):
    """A grading kernel starts and answers."""
    from .grade import environment_of
    from .kernel import Nursery

    with environment_of(lab) as environment, Nursery(environment, trust=True) as nursery:
        kernel = nursery.kernel()
        try:
            execution = kernel.execute("print(6 * 7)", 20)
        finally:
            kernel.close()
    told = "".join(output.get("text", "") for output in execution.outputs)
    if told.strip() != "42":
        raise Trouble(
            f"a grading kernel does not answer ({execution.status})",
            f"{sys.executable} -m pip install --force-reinstall ipykernel pyzmq",
        )
    return "a grading kernel starts and answers"


def _walls(lab, say):
    """Try to break out of a grading kernel in every way we know."""
    from . import breakout, sandbox
    from .grade import environment_of
    from .kernel import Nursery

    wall, about = sandbox.available()
    if wall is None:
        say(f"✗ submissions cannot be shut in: {about}")
        say(
            "  Fix: apt install bubblewrap (Linux), or grade only what you trust, with --trust-submissions"
        )
        return [False]
    with environment_of(lab) as environment, Nursery(environment) as nursery:
        found = breakout.succeeded(nursery)
    for attempt, succeeded in found.items():
        say(f"{'✗' if succeeded else '✓'} a submission cannot {attempt} ({about})")
        if succeeded:
            say(
                "  Fix: grade untrusted work elsewhere, and report this with the output of `uname -a`"
            )
    return [not succeeded for succeeded in found.values()]
