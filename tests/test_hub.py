"""A JupyterHub with real accounts: two students and an instructor, from the release to the feedback."""

import asyncio
import contextlib
import http.cookiejar
import json
import os
import pwd
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from classroom import LAB, ROOT, answered, gradebook, new_course, wrong
from nbgrader.coursedir import CourseDirectory
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect
from traitlets.config import Config

from course.answers import reference
from course.folder import CourseFolder
from course.hub.exchange import Collect
from course.lab import Lab
from course.preprocessors import GiveEnvironment
from course.programs import find_programs

COURSE = "course-of-a-test"
BUSY = 120  # seconds that one step may take on a busy machine


# What the exchange takes, without a hub


@pytest.fixture
def inbound(tmp_path):
    """An exchange with a folder for what is handed in."""
    folder = tmp_path / "exchange" / COURSE / "inbound"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def course_of_many_tests(tmp_path_factory):
    """Making a gradebook takes seconds; no test here writes to it."""
    find_programs()
    return new_course(tmp_path_factory.mktemp("hub") / "course")


@pytest.fixture
def collect(course_of_many_tests, inbound):
    """Collects lab 01 as an instructor would; returns {student: folder}."""
    lab = course_of_many_tests
    shutil.rmtree(lab.folder.step("submitted"), ignore_errors=True)

    def run():
        config = Config()
        config.CourseDirectory.course_id = COURSE
        config.CourseDirectory.root = str(lab.folder.root)
        config.CourseDirectory.submitted_directory = "build/submitted"
        config.CourseDirectory.assignment_id = LAB
        config.CourseDirectory.db_url = lab.folder.gradebook_url
        config.Exchange.root = str(inbound.parents[1])
        inbound.parents[1].chmod(0o1777)
        collector = Collect(coursedir=CourseDirectory(config=config), config=config)
        collector.update = True
        collector.start()
        return {path.parent.name: path for path in lab.folder.step("submitted").glob(f"*/{LAB}")}

    return run


def put(inbound, name, **files):
    """Hand in a folder of whatever name; `notebook` and `secret` are its files."""
    folder = inbound / name
    folder.mkdir()
    names = {"notebook": f"{LAB}.ipynb", "secret": "submission_secret.txt"}
    for key, content in files.items():
        (folder / names.get(key, key)).write_text(content)
    return folder


def me():
    return pwd.getpwuid(os.getuid()).pw_name


def test_a_hand_in_belongs_to_its_owner_whatever_its_name_says(inbound, collect):
    put(inbound, f"somebody+{LAB}+2099-01-01 00:00:00 UTC+x", notebook="mine", secret="s")
    assert list(collected := collect()) == [me()]
    assert (collected[me()] / f"{LAB}.ipynb").read_text() == "mine"


def test_the_latest_hand_in_counts_by_the_clock_of_the_system(inbound, collect):
    put(inbound, f"{me()}+{LAB}+2099-01-01 00:00:00 UTC+x", notebook="first", secret="s")
    time.sleep(0.02)
    put(inbound, f"{me()}+{LAB}+2001-01-01 00:00:00 UTC+y", notebook="second", secret="s")
    folder = collect()[me()]
    assert (folder / f"{LAB}.ipynb").read_text() == "second"
    assert (folder / "timestamp.txt").read_text().startswith(time.strftime("%Y-", time.gmtime()))


def test_a_hand_in_is_taken_again_only_when_it_is_newer(inbound, collect):
    put(inbound, f"{me()}+{LAB}+2026-01-01 00:00:00 UTC+x", notebook="mine", secret="s")
    notebook = collect()[me()] / f"{LAB}.ipynb"
    notebook.write_text("looked at")
    collect()
    assert notebook.read_text() == "looked at"


def test_changing_a_notebook_afterwards_makes_it_later(inbound, collect):
    handed_in = put(inbound, f"{me()}+{LAB}+2026-01-01 00:00:00 UTC+x", notebook="before")
    first = (collect()[me()] / "timestamp.txt").read_text()
    time.sleep(0.02)
    (handed_in / f"{LAB}.ipynb").write_text("after")
    folder = collect()[me()]
    assert (folder / f"{LAB}.ipynb").read_text() == "after"
    assert (folder / "timestamp.txt").read_text() > first


@pytest.mark.parametrize("kind", ["link", "hard link", "pipe", "folder"])
def test_only_plain_files_are_taken(inbound, collect, tmp_path, kind):
    secret = tmp_path / "rubric"
    secret.write_text("what only the instructor may read")
    handed_in = put(inbound, f"{me()}+{LAB}+2026-01-01 00:00:00 UTC+x", secret="s")
    notebook = handed_in / f"{LAB}.ipynb"
    if kind == "hard link":
        if os.getuid():
            pytest.skip("only root can give a file to somebody else")
        os.chown(secret, 12345, -1)
        notebook.hardlink_to(secret)
    else:
        {"link": lambda: notebook.symlink_to(secret), "pipe": lambda: os.mkfifo(notebook)}.get(
            kind, notebook.mkdir
        )()
    folder = collect()[me()]
    assert sorted(p.name for p in folder.iterdir()) == ["submission_secret.txt", "timestamp.txt"]


@pytest.mark.parametrize("name", [f"x+{LAB}+nonsense", f"++{LAB}+", f"a+{LAB}+b+c+d"])
def test_an_odd_name_does_not_stop_the_others(inbound, collect, name):
    (inbound / name).write_text("no folder")
    (inbound / f"y+{LAB}+link").symlink_to("/")
    put(inbound, f"{me()}+{LAB}+2026-01-01 00:00:00 UTC+x", notebook="mine")
    folders = collect()
    assert (folders[me()] / f"{LAB}.ipynb").read_text() == "mine"


def test_a_released_lab_comes_with_its_data(tmp_path):
    name = "03-correlograms"
    shutil.copytree(ROOT / "notebooks" / name, tmp_path / "notebooks" / name)
    lab = Lab(CourseFolder(tmp_path), name)
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    GiveEnvironment(config=config).preprocess(None, {"nbgrader": {"assignment": lab.name}})
    data = {path.name for path in (lab.folder.step("release", "", lab.name) / "data").iterdir()}
    assert data == set(lab.about["data"]) != set()


# The hub


def missing():
    """Why there can be no hub here, or None."""
    if sys.platform != "linux" or os.getuid():
        return "making accounts for a hub needs Linux and root"
    tools = ("useradd", "userdel", "groupadd", "groupdel", "chpasswd", "unshare", "bwrap")
    if absent := [tool for tool in tools if not find(tool)]:
        return f"a hub with accounts needs {', '.join(absent)}"
    if not find("configurable-http-proxy"):
        return "a hub needs Node's configurable-http-proxy"
    try:
        import jupyterhub  # noqa: F401
    except ImportError:
        return "jupyterhub is not installed (the extra `hub`)"
    if subprocess.run([find("unshare"), "--mount", "true"], capture_output=True).returncode:
        return "showing our Python to other accounts needs the right to mount"
    return None


def find(program):
    places = (str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin", "/sbin")
    return shutil.which(program, path=os.pathsep.join(places))


def run(*command, **options):
    """Run a command of ours; what it says is shown when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUSY, **options)
    assert not done.returncode, f"{shlex.join(map(str, command))}: {done.stdout}{done.stderr}"
    return done.stdout


def free_port():
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


@contextlib.contextmanager
def accounts(base):
    """An instructor and two students of this machine; whatever they leave goes with them."""
    prefix = f"labs-test-{secrets.token_hex(3)}"
    group = f"{prefix}-all"
    users = {
        role: SimpleNamespace(name=f"{prefix}-{role}", password=secrets.token_hex(8))
        for role in ("teacher", "ada", "bob")
    }
    homes = base / "home"
    homes.mkdir()
    homes.chmod(0o755)
    try:
        run(find("groupadd"), group)
        for role, user in users.items():
            user.home = homes / role
            groups = [] if role == "teacher" else ["--groups", group]
            run(find("useradd"), "--create-home", "--home-dir", user.home, "--shell", "/bin/bash",
                *groups, user.name)  # fmt: skip
            # As many systems make homes: the hub has to close them.
            user.home.chmod(0o755)
            run(find("chpasswd"), input=f"{user.name}:{user.password}")
        yield SimpleNamespace(group=group, **users)
    finally:
        for user in users.values():
            end_processes_of(user.name)
            # By force: who has processes that only wait to be forgotten counts as logged in.
            subprocess.run([find("userdel"), "--force", "--remove", user.name], capture_output=True)
        subprocess.run([find("groupdel"), group], capture_output=True)


def end_processes_of(name):
    for process in psutil.process_iter(["username"]):
        if process.info["username"] == name:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def in_the_eyes_of_others(base, *command):
    """A command line whose processes find our Python and Node where these are, even in a closed home.

    What else is in such a home they do not see, nor the checkout that is tested: students have none.
    """
    proxy, node = (find(name) for name in ("configurable-http-proxy", "node"))
    kept = {sys.prefix, sys.base_prefix, *(Path(p).parents[1] for p in (proxy, node) if p)}
    kept = sorted({Path(os.path.realpath(path)) for path in kept})
    hidden = {ROOT, *(home for path in kept if (home := closed_folder(path)))}
    hidden = [path for path in hidden if not hidden & set(path.parents)]
    kept = [path for path in kept if not set(hidden).isdisjoint((path, *path.parents))]
    places = {path: base / f"kept-{number}" for number, path in enumerate(kept)}
    steps = ["set -e"]
    for path, place in places.items():
        steps += [f"mkdir {place}", f"mount --bind {shlex.quote(str(path))} {place}"]
    steps += [f"mount -t tmpfs -o mode=755 none {shlex.quote(str(path))}" for path in hidden]
    for path, place in places.items():
        path = shlex.quote(str(path))
        steps += [f"mkdir -p {path}", f"mount --bind {place} {path}"]
    script = "\n".join([*steps, 'exec "$@"'])
    return [
        find("unshare"),
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        script,
        "sh",
        *command,
    ]


def closed_folder(path):
    """The outermost folder on the way to a path that other accounts may not enter, or None."""
    way = reversed((path, *path.parents))
    return next((folder for folder in way if not folder.stat().st_mode & 0o001), None)


def copy_course(home, owner):
    """The instructor's own copy of the course, in a home that is closed to others."""
    checkout = home / "course"
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("course", "helpers", f"notebooks/{LAB}"):
        shutil.copytree(ROOT / name, checkout / name, ignore=ignored)
    for name in ("nbgrader_config.py", "pyproject.toml", "requirements.lock", "environment.yml",
                 "Makefile"):  # fmt: skip
        shutil.copy(ROOT / name, checkout / name)
    run("chown", "-R", f"{owner}:", checkout)
    return checkout


class User:
    """Somebody who has logged in to the hub, with a server of their own."""

    def __init__(self, hub, account):
        self.hub, self.account = hub, account
        self.base = f"{hub}/user/{account.name}"
        self.token = self._log_in()

    def _log_in(self):
        cookies = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        browser.open(f"{self.hub}/hub/login", timeout=BUSY).read()

        def xsrf():
            return next(c.value for c in cookies if c.name == "_xsrf" and c.path == "/hub/")

        form = {"username": self.account.name, "password": self.account.password, "_xsrf": xsrf()}
        form = urllib.parse.urlencode(form).encode()
        # Where it leads afterwards starts the server; that can wait.
        browser.open(f"{self.hub}/hub/login?next=/hub/home", form, timeout=BUSY).read()
        request = urllib.request.Request(
            f"{self.hub}/hub/api/users/{self.account.name}/tokens", b"{}", method="POST"
        )
        request.add_header("Content-Type", "application/json")
        request.add_header("X-XSRFToken", xsrf())
        request.add_header("Referer", f"{self.hub}/hub/")
        return json.load(browser.open(request, timeout=BUSY))["token"]

    def start(self):
        """Start the server, and wait until it is there."""
        self.ask(f"{self.hub}/hub/api/users/{self.account.name}/server", method="POST")
        until(lambda: self.ask(f"{self.base}/api/status"), urllib.error.URLError)
        return self

    def ask(self, url, data=None, method=None):
        """Ask the hub, or with a path one's own server, and read the answer."""
        url = url if url.startswith("http") else f"{self.base}/{url}"
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(url, body, {"Authorization": f"token {self.token}"})
        request.method = method or ("GET" if data is None else "POST")
        with urllib.request.urlopen(request, timeout=BUSY) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def nbgrader(self, action, **arguments):
        """Press a button of nbgrader's Assignment List, or Validate."""
        arguments = arguments or {"course_id": COURSE, "assignment_id": LAB}
        button = f"assignments/{action}?{urllib.parse.urlencode(arguments)}"
        answer = self.ask(button, {})
        if "Kernel died before replying" in str(answer["value"]):
            # Jupyter finds free ports for a kernel; until it opens them another program may take one.
            answer = self.ask(button, {})
        assert answer["success"], answer["value"]
        return answer["value"]

    def save(self, text):
        """Save a notebook in the place of the one that was fetched."""
        path = f"api/contents/{LAB}/{LAB}.ipynb"
        self.ask(path, {"type": "notebook", "format": "json", "content": json.loads(text)}, "PUT")

    def type(self, command):
        """Type a command into a terminal; returns its exit status and what it said."""
        said = self.account.home / ".said"
        line = f"({command}) >{said} 2>&1; printf 'END%sEND' $?\r"
        status = asyncio.run(self._type(line))
        return status, said.read_text(errors="replace")

    async def _type(self, line):
        name = self.ask("api/terminals", {})["name"]
        address = f"{self.base}/terminals/websocket/{name}".replace("http", "ws", 1)
        headers = {"Authorization": f"token {self.token}"}
        terminal = await websocket_connect(HTTPRequest(address, headers=headers))
        await terminal.write_message(json.dumps(["stdin", line]))
        seen, deadline = "", time.monotonic() + BUSY
        while not (end := re.search(r"END(\d+)END", seen)):
            left = max(deadline - time.monotonic(), 0)
            kind, *text = json.loads(await asyncio.wait_for(terminal.read_message(), left))
            seen += text[0] if kind == "stdout" else ""
        terminal.close()
        return int(end[1])

    def do(self, command):
        """Type a command that must succeed; returns what it said."""
        status, said = self.type(command)
        assert not status, f"{command}: {said}"
        return said


def until(attempt, *errors, seconds=BUSY):
    """Try until no such error comes; the last one is raised."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except errors:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@contextlib.contextmanager
def running_hub(base, people, checkout):
    """The hub of course/hub, in a folder of its own; yields its address."""
    address, inner, proxy = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    settings = {
        "address": address,
        "course": COURSE,
        "instructor": people.teacher.name,
        "checkout": str(checkout),
        "students": people.group,
        "exchange": str(base / "exchange"),
        "state": str(base / "state"),
    }
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    (base / "hub.toml").write_text(lines)
    shutil.copy(ROOT / "course/hub/jupyterhub_config.py", base)
    node = str(Path(find("configurable-http-proxy")).parent)
    environment = {
        "LABS_HUB": str(base / "hub.toml"),
        "PATH": f"{os.environ['PATH']}:{node}:/usr/sbin:/sbin",
        "LANG": "C.UTF-8",
        "A_SECRET": "of the administrator",
    }
    with open(base / "hub.log", "w") as log:
        hub = subprocess.Popen(
            in_the_eyes_of_others(
                base,
                *(sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"),
                f"--JupyterHub.hub_bind_url={inner}",
                f"--ConfigurableHTTPProxy.api_url={proxy}",
            ),
            cwd=base,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            until(lambda: urllib.request.urlopen(f"{address}/hub/api", timeout=5), OSError)
            yield address
        except BaseException:
            print((base / "hub.log").read_text()[-8000:])
            raise
        finally:
            hub.terminate()
            try:
                hub.wait(timeout=20)
            except subprocess.TimeoutExpired:
                hub.kill()
                hub.wait()


@pytest.fixture(scope="module")
def term():
    """A term on the hub; what happened at each step is kept for the tests to look at."""
    if reason := missing():
        pytest.skip(reason)
    base = Path(tempfile.mkdtemp(prefix="labs-hub-", dir="/var/tmp"))
    base.chmod(0o755)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        people = stack.enter_context(accounts(base))
        checkout = copy_course(people.teacher.home, people.teacher.name)
        hub = stack.enter_context(running_hub(base, people, checkout))
        with ThreadPoolExecutor(3) as pool:
            everybody = (people.teacher, people.ada, people.bob)
            users = list(pool.map(lambda account: User(hub, account).start(), everybody))
        teacher, ada, bob = users
        for user in users:
            # Servers that are gone already need no waiting for.
            stack.callback(end_processes_of, user.account.name)
        seen = SimpleNamespace(
            base=base, hub=hub, checkout=checkout, teacher=teacher, ada=ada, bob=bob
        )
        live_through(seen)
        yield seen


def live_through(seen):
    """Release, fetch, work, validate, submit, collect, grade and give back, each as its account."""
    teacher, ada, bob = seen.teacher, seen.ada, seen.bob
    seen.lab = lab = Lab(CourseFolder(seen.checkout), LAB)
    teacher.do(f"python -m course release {LAB}")
    teacher.do(f"nbgrader release_assignment {LAB}")
    for student in (ada, bob):
        student.nbgrader("fetch")
    seen.fetched = sorted(
        path.relative_to(ada.account.home / LAB).as_posix()
        for path in (ada.account.home / LAB).rglob("*")
        if path.is_file()
    )
    ada.save(answered(lab))
    places = [str(seen.checkout), str(seen.base / "exchange"), str(ada.account.home)]
    peep = f"import os\nprint('seen:', [p for p in {places} if os.path.exists(p)])"
    bob.save(wrong(lab, sample_data=f"{reference(lab)['sample_data']}\n{peep}"))
    with ThreadPoolExecutor(2) as pool:
        ask = lambda student: student.nbgrader("validate", path=f"{LAB}/{LAB}.ipynb")  # noqa: E731
        seen.validated = list(pool.map(ask, (ada, bob)))
    # Bob first tries to hand in as Ada, at a time when hers cannot be newer, then for himself.
    forged = f"{ada.account.name}+{LAB}+2099-01-01 00:00:00.000000 UTC+AAAA"
    bob.do(f"cp -r ~/{LAB} '{seen.base}/exchange/{COURSE}/inbound/{forged}'")
    for student in (ada, bob):
        student.nbgrader("submit")
    teacher.do(f"nbgrader collect {LAB}")
    teacher.do(f"python -m course grade {LAB} --jobs 2")
    teacher.do(f"python -m course feedback {LAB}")
    teacher.do(f"nbgrader release_feedback {LAB}")
    for student in (ada, bob):
        student.nbgrader("fetch_feedback")


def record(seen, user):
    """What grading kept of somebody's hand-in."""
    return json.loads((seen.lab.folder.results(LAB) / f"{user.account.name}.json").read_text())


needs_a_hub = [pytest.mark.slow, pytest.mark.notebook]


class TestHub:
    pytestmark = needs_a_hub

    def test_who_fetches_a_lab_gets_all_it_needs_and_no_more(self, term):
        bundle = term.checkout / "build/bundle" / LAB
        given = {p.relative_to(bundle).as_posix() for p in bundle.rglob("*") if p.is_file()}
        helpers = sorted(name for name in given if name.startswith("helpers/"))
        assert term.fetched == sorted([*helpers, f"{LAB}.ipynb"])
        assert "helpers/mixture.py" not in term.fetched

    def test_validate_runs_the_lab_and_names_what_is_wrong(self, term):
        right, wrong = term.validated
        assert right == {}
        assert any("the mixing weights" in each["error"] for each in wrong["failed"])

    def test_everybody_is_graded_for_what_they_handed_in_themselves(self, term):
        assert sorted(term.lab.folder.students(LAB)) == sorted(
            user.account.name for user in (term.ada, term.bob)
        )
        ada, bob = record(term, term.ada), record(term, term.bob)
        assert (ada["score"], ada["problems"]) == (term.lab.max_score, [])
        tasks = {task["task"]: task["score"] for task in bob["tasks"]}
        assert tasks["mog_bic"] < 1.5
        assert tasks["sample_data"] == 1

    def test_the_scores_are_in_the_gradebook(self, term):
        with gradebook(term.lab) as book:
            for user in (term.ada, term.bob):
                submission = book.find_submission(LAB, user.account.name)
                assert submission.score == pytest.approx(record(term, user)["score"])
                assert submission.total_seconds_late == 0
                assert abs(submission.timestamp.timestamp() - time.time()) < 24 * 3600

    def test_feedback_reaches_its_student_and_nobody_else(self, term):
        for user, other in ((term.ada, term.bob), (term.bob, term.ada)):
            (page,) = (user.account.home / LAB / "feedback").glob(f"*/{LAB}.html")
            text = page.read_text(encoding="utf-8")
            assert user.account.name in text
            assert other.account.name not in text
        assert "the mixing weights p[k] are missing" in text

    def test_servers_run_as_their_users(self, term):
        for user in (term.teacher, term.ada, term.bob):
            assert user.do("whoami").strip() == user.account.name
            assert "A_SECRET" not in user.do("env")

    @pytest.mark.parametrize("place", [
        "{ada}", "{ada}/{lab}/{lab}.ipynb", "{teacher}", "{checkout}/course/rubrics/toy_gmm.py",
        "{checkout}/build/gradebook.db", "{exchange}/inbound", "{exchange}/feedback",
        "{base}/state/hub/jupyterhub.sqlite",
    ])  # fmt: skip
    def test_a_student_cannot_look_into(self, term, place):
        place = place.format(
            ada=term.ada.account.home,
            teacher=term.teacher.account.home,
            checkout=term.checkout,
            lab=LAB,
            base=term.base,
            exchange=term.base / "exchange" / COURSE,
        )
        assert Path(place).exists()
        status, said = term.bob.type(f"ls {place}; head -c 9 {place}")
        assert status
        assert said.count("Permission denied") == 2 or "Is a directory" in said

    def test_a_student_cannot_remove_what_another_handed_in(self, term):
        inbound = term.base / "exchange" / COURSE / "inbound"
        theirs = next(path for path in inbound.iterdir() if path.owner() == term.ada.account.name)
        status, said = term.bob.type(f"mv '{theirs}' '{inbound}/gone'")
        assert status and theirs.exists(), said

    def test_a_student_cannot_use_the_course_or_another_server(self, term):
        status, said = term.bob.type("python -c 'import course'")
        assert status and "No module named 'course'" in said
        for path in (f"{term.ada.base}/api/contents", f"{term.hub}/hub/api/users"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                term.bob.ask(path)
            assert refused.value.code in (403, 404)

    def test_a_kernel_that_grades_sees_nothing_of_the_machine(self, term):
        name = term.bob.account.name
        graded = nbformat.read(term.lab.folder.step("autograded", name, LAB) / f"{LAB}.ipynb", 4)
        told = [o.text for cell in graded.cells for o in cell.get("outputs", []) if "text" in o]
        assert "seen: []\n" in told
