"""The sandbox: every way out that we know is shut, by either wall, and open where nothing is shut in."""

import pytest
from conftest import ROOT

from course import breakout, sandbox
from course.folder import CourseError, CourseFolder
from course.grade import environment_of
from course.kernel import Nursery
from course.lab import Lab

ALWAYS_SHUT = {"print without end"}  # cut outside the kernel, whatever the wall


@pytest.fixture
def succeeded():
    """What breaks out of a nursery with a given wall."""

    def attempt(wall, monkeypatch):
        monkeypatch.setattr(sandbox, "wall", lambda trust: wall)
        lab = Lab(CourseFolder(ROOT), "01-toy-gmm")
        with environment_of(lab) as environment, Nursery(environment) as nursery:
            return breakout.succeeded(nursery)

    return attempt


@pytest.mark.parametrize("wall", [sandbox.Bubblewrap(), sandbox.Unshare()], ids=lambda w: w.tool)
def test_every_way_out_is_shut(wall, succeeded, monkeypatch):
    if reason := wall.trouble():
        pytest.skip(reason)
    assert [name for name, done in succeeded(wall, monkeypatch).items() if done] == []


def test_in_the_open_the_same_attempts_succeed(succeeded, monkeypatch):
    # Else the test above could not fail. What would harm this machine is left out.
    harmful = {"fill the disk", "start any number of processes", "take any amount of memory"}
    unlike = harmful | {"see other kernels' files", "gain rights", "see the instructor's variables"}
    attempts = {k: v for k, v in breakout.ATTEMPTS.items() if k not in unlike}
    monkeypatch.setattr(breakout, "ATTEMPTS", attempts)
    found = succeeded(sandbox.OPEN, monkeypatch)
    assert {name for name, done in found.items() if not done} == ALWAYS_SHUT


def test_without_a_wall_untrusted_work_is_refused(monkeypatch):
    monkeypatch.setattr(sandbox, "available", lambda: (None, "bwrap is not installed"))
    with pytest.raises(CourseError, match="--trust-submissions"):
        sandbox.wall()
    assert sandbox.wall(trust=True) is sandbox.OPEN


def test_the_reason_is_what_mount_says_not_where_more_may_stand(monkeypatch):
    class Broken(sandbox.Unshare):
        def command(self, *_):
            said = "mount: denied\\n  dmesg(1) may have more information after failed mount system call.\\n"
            return ["sh", "-c", f"printf '{said}' >&2; exit 32"]

    if reason := sandbox.Unshare().trouble():
        pytest.skip(reason)
    assert Broken().trouble() == "unshare does not work here: mount: denied"
