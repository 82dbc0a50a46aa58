"""The three lists of packages agree: pyproject.toml, requirements.lock and environment.yml."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = [line.removesuffix("\\").strip() for line in LOCK.splitlines() if re.match(r"\w", line)]

PYTHONS = ["3.11.2", "3.12.0", "3.13.0"]
# Its CPU and GPU builds differ, so `make deep` installs it after the lock.
NOT_LOCKED = {"torch"}


def project_requirements():
    extras = PROJECT["project"]["optional-dependencies"].values()
    listed = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    requirements = map(Requirement, [*listed, *(name for extra in extras for name in extra)])
    return [r for r in requirements if canonicalize_name(r.name) not in NOT_LOCKED]


def locked_versions(python):
    """What the lock installs on Linux with the given Python: name → version."""
    machine = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_system": "Linux",
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
        "sys_platform": "linux",
    }
    versions = {}
    for pin in map(Requirement, PINS):
        if pin.marker is None or pin.marker.evaluate(machine):
            name = canonicalize_name(pin.name)
            assert name not in versions, f"{name} is pinned twice for Python {python}"
            [specifier] = pin.specifier
            assert specifier.operator == "==", f"{pin} is not an exact pin"
            versions[name] = specifier.version
    return versions


def unmet(requirements, versions):
    """The requirements that the versions (name → version) leave missing or do not satisfy."""
    found = [(r, versions.get(canonicalize_name(r.name))) for r in requirements]
    return [f"{r}, locked: {v}" for r, v in found if v is None or v not in r.specifier]


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_satisfies_every_dependency_of_the_project(python):
    assert unmet(project_requirements(), locked_versions(python)) == [], "run `make lock`"


def test_the_lock_covers_the_pythons_the_project_supports():
    supported = Requirement("python" + PROJECT["project"]["requires-python"]).specifier
    assert [v for v in ("3.10.14", *PYTHONS, "3.14.0") if v in supported] == PYTHONS


def test_every_pin_is_hashed():
    pinned = re.split(r"^(?=\w)", LOCK, flags=re.MULTILINE)[1:]
    assert len(pinned) == len(PINS)
    bare = [pin.split()[0] for pin in pinned if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", pin)]
    assert not bare


def test_the_lock_names_no_host_and_no_path():
    suspects = re.compile(r"[/@]|--(?!hash=)|^-", re.MULTILINE)
    assert [line for line in LOCK.splitlines() if suspects.search(line)] == []


def test_the_lock_pins_what_torch_needs_but_not_torch():
    versions = locked_versions("3.11.2")
    assert not NOT_LOCKED & versions.keys()
    try:
        needs = [Requirement(text) for text in metadata.requires("torch")]
    except metadata.PackageNotFoundError:
        pytest.skip("torch is not installed; `make deep` does it")
    # A build for a GPU also brings its own libraries, which have markers.
    assert unmet([r for r in needs if r.marker is None], versions) == []


def test_make_deep_installs_the_torch_that_the_project_names():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"torch==\S+", makefile) == [
        r for r in PROJECT["project"]["optional-dependencies"]["deep"] if r.startswith("torch==")
    ]


def test_conda_installs_what_the_lock_pins():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, from_pip = environment["dependencies"]
    assert (python, pip) == ("python=3.11", "pip")
    assert from_pip["pip"] == [*PINS, "-e ."], "run `make lock`"
