"""Kernels: what they may do, what they see, how they are stopped, and that nothing is left of them."""

import io
import os
import queue
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from course import judge, kernel
from course.folder import CourseError
from course.grade import environment_of
from course.judge import Session
from course.kernel import MAX_OUTPUTS, MAX_TEXT, Kernel, Nursery
from helpers.checks.answers import Answer, CheckFailed, OutOfTime, limit

FORGE = """
from IPython import get_ipython
import helpers.checks.remote

MIME = "application/vnd.course.answer+json"

def forge(content, buffers=(), kind="display_data"):
    kernel = get_ipython().kernel
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"),
                        buffers=list(buffers))

def reply(tree, buffers=()):
    helpers.checks.remote.answer_request = lambda: forge({"data": {MIME: tree}}, buffers)
"""


@pytest.fixture(scope="module")
def own_nursery(lab):
    """A nursery that these tests may kill."""
    with environment_of(lab) as environment, Nursery(environment) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def open_nursery(lab):
    """A nursery whose kernels are not shut in: they see the processes of this machine."""
    with environment_of(lab) as environment, Nursery(environment, trust=True) as nursery:
        yield nursery


@pytest.fixture
def one(own_nursery):
    """A kernel."""
    started = own_nursery.kernel()
    yield started
    started.close()


@pytest.fixture
def session(own_nursery):
    """A session on a kernel."""
    with Session(own_nursery) as started:
        yield started


def texts(execution):
    return "".join(
        o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in execution.outputs
    )


def run(one, code, seconds=20.0):
    return one.execute(code, seconds)


def call(session, *args, name="f"):
    return Answer(name, session)(*args)


def why(session, *args):
    with pytest.raises(CheckFailed) as failure:
        call(session, *args)
    return str(failure.value)


# Executing cells


def test_a_cell_gives_its_outputs(one):
    done = run(one, "import sys\nprint('out')\nprint('err', file=sys.stderr)\n6 * 7")
    assert done.status == "ok"
    assert [o.output_type for o in done.outputs] == ["stream", "stream", "execute_result"]
    assert [o.get("name") for o in done.outputs] == ["stdout", "stderr", None]
    assert done.outputs[2].data == {"text/plain": "42"}


def test_an_error_is_an_output_and_the_kernel_goes_on(one):
    done = run(one, "1 / 0")
    assert done.status == "error" and not done.lost_the_kernel
    assert done.outputs[0].ename == "ZeroDivisionError"
    assert texts(run(one, "'on'")) == "'on'"


def test_figures_are_pictures(one):
    done = run(one, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    [picture] = [o for o in done.outputs if "image/png" in o.get("data", {})]
    assert picture.data["image/png"].startswith("iVBORw0KGgo")


def test_only_text_and_pictures_are_taken_over(one):
    done = run(
        one,
        "from IPython.display import HTML, SVG, Javascript, display\n"
        "display(HTML('<b>x</b>'), Javascript('alert(1)'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))\n"
        "display({'image/png': '\"><script>', 'text/html': 'x'}, raw=True)",
    )
    assert {kind for o in done.outputs for kind in o.data} <= {"text/plain"}


def test_printed_text_is_cut(one):
    done = run(one, "for _ in range(1000): print('x' * 1000)")
    assert done.status == "ok"
    assert len(texts(done)) <= MAX_TEXT + 100
    assert "The rest of this output was cut" in texts(done)


def test_a_flood_of_text_is_left_out(one):
    done = run(one, "print('x' * 50_000_000)")
    assert done.status == "ok"
    assert "bytes was left out.]" in texts(done)


def test_outputs_are_counted(one):
    done = run(one, f"for i in range({2 * MAX_OUTPUTS}): display(i)")
    assert done.status == "ok" and len(done.outputs) == MAX_OUTPUTS


def test_half_characters_in_outputs_become_whole(one):
    done = run(
        one,
        FORGE + "import json\nk = get_ipython().kernel\ns = k.session\n"
        "p = [s.pack(s.msg_header('stream')), s.pack(k.get_parent('shell')['header']), b'{}',"
        " json.dumps({'name': 'stdout', 'text': '\\ud800'}).encode()]\n"
        "k.iopub_socket.send_multipart([b'stream', b'<IDS|MSG>', s.sign(p)] + p)",
    )
    assert texts(done) == "?"


# Stopping


def test_an_endless_cell_is_interrupted_and_the_kernel_lives(one):
    run(one, "a = 1")
    start = time.monotonic()
    assert run(one, "while True: pass", 0.5).status == "out of time"
    assert time.monotonic() - start < 4
    assert texts(run(one, "a")) == "1"


def test_who_ignores_the_interrupt_is_killed(one):
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    start = time.monotonic()
    assert run(one, code, 0.3).status == "out of time"
    assert time.monotonic() - start < 6
    assert one.ended is not None


def test_who_stops_itself_is_killed(open_nursery):
    stopped = open_nursery.kernel()
    code = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"
    assert run(stopped, code, 0.3).status == "out of time"
    assert stopped.ended is not None
    stopped.close()


def test_number_one_of_its_world_cannot_stop_itself(one):
    code = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"
    assert run(one, code, 0.3).status == "ok"


def test_a_cell_that_takes_too_much_memory_is_killed(one, monkeypatch):
    monkeypatch.setattr(kernel, "CELL_MEMORY", 300 * 2**20)
    done = run(one, "import numpy as np\na = []\nwhile True: a.append(np.ones(1_000_000))")
    assert done.status == "out of memory" and done.lost_the_kernel


@pytest.mark.parametrize("code", ["import os\nos._exit(3)", "exit()", "import os\nos.abort()"])
def test_a_kernel_that_ends_is_noticed(one, code):
    start = time.monotonic()
    assert run(one, code).status == "died"
    assert one.ended is not None and time.monotonic() - start < 5


def test_input_is_refused(one):
    assert run(one, "input()").outputs[0].ename == "StdinNotImplementedError"


# Calls of answers


def test_a_call_brings_plain_data_back(session):
    session.execute("import numpy as np\ndef f(x): return x * 2, {'a': [x.dtype.str]}")
    doubled, facts = call(session, np.arange(3.0))
    assert doubled.tolist() == [0, 2, 4] and facts == {"a": ["<f8"]}


def test_an_error_in_a_call_tells_its_line(session):
    session.execute("def f(x):\n    return x / 0")
    assert why(session, 1).startswith(
        "Your f raised ZeroDivisionError: division by zero (line 2 of its cell: `return x / 0`)"
    )


def test_a_call_that_takes_too_much_memory_is_told(session):
    session.execute("import numpy as np\ndef f(): return np.ones(100_000_000).sum()")
    with limit(memory="300 MiB"):
        assert "needed more than 300 MiB of memory" in why(session)
    assert call(session) == 1e8


def test_who_lifts_the_memory_limit_is_killed(session, monkeypatch):
    monkeypatch.setattr(kernel, "CELL_MEMORY", 400 * 2**20)
    session.execute(
        "import resource, numpy as np\ndef f():\n"
        "    most = resource.getrlimit(resource.RLIMIT_AS)[1]\n"
        "    resource.setrlimit(resource.RLIMIT_AS, (most, most))\n    a = []\n"
        "    while True: a.append(np.ones(1_000_000))"
    )
    with limit(memory="100 MiB"):
        assert "needed more than 100 MiB of memory" in why(session)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import signal\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: pass",
        "import time\n    time.sleep(100)",
        "import json\n    json.dumps = lambda *a, **k: '{}'",
        "get_ipython().kernel.session.send = lambda *a, **k: None",
        "import sys\n    sys.setrecursionlimit(10**9)\n    import time; time.sleep(100)",
    ],
)
def test_a_call_that_never_answers_ends_in_time(session, monkeypatch, body):
    monkeypatch.setattr(kernel, "GRACE_SECONDS", 0.5)
    session.execute(f"def f():\n    {body}\ndef g(): return 'on'")
    start = time.monotonic()
    with limit(seconds=0.5), pytest.raises(OutOfTime):
        call(session)
    assert time.monotonic() - start < 6
    assert call(session, name="g") == "on"


@pytest.mark.parametrize(
    "content",
    ["5", "MIME", "[MIME]", "None", "{MIME: 5}", "{MIME: ['tuple', ['value']]}", "{MIME: [MIME]}",
     "{MIME: ['tuple', [['array', '|u1', [2], 0], 1]]}", "{MIME: ['tuple', ['error', 3]]}",
     "{MIME: ['tuple', ['died', ['list', []]]]}", "{MIME: ['tuple', ['passed', 1.0]]}"],
)  # fmt: skip
def test_a_forged_reply_is_a_failed_check(session, content):
    session.execute(
        FORGE + "helpers.checks.remote.answer_request ="
        f" lambda: forge({{'data': {content}}}, [b'ab'])\ndef f(): pass"
    )
    assert "f" in why(session)


def test_a_forged_end_of_a_call_does_not_upset_the_grader(session):
    session.execute(
        FORGE + "def f():\n    k = get_ipython().kernel\n"
        "    k.session.send(k.shell_stream, 'execute_reply', {'status': 'ok', 'payload': [1, None]},"
        " parent=k.get_parent('shell'), ident=k._parent_ident['shell'])\n    return 1"
    )
    assert call(session) == 1


def test_an_enormous_message_is_not_even_parsed(session):
    session.execute(
        FORGE + "def f():\n    k = get_ipython().kernel\n    s = k.session\n"
        "    p = [s.pack(s.msg_header('display_data')), s.pack(k.get_parent('shell')['header']), b'{}',"
        " b'{\"data\":[' + b'[],' * 20_000_000 + b'[]]}']\n"
        "    k.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', s.sign(p)] + p)\n    return 1"
    )
    before, start = psutil.Process().memory_info().rss, time.monotonic()
    assert call(session) == 1
    assert time.monotonic() - start < 10
    assert psutil.Process().memory_info().rss - before < 2**28


def test_a_flood_of_buffers_ends_the_kernel(session, monkeypatch):
    monkeypatch.setattr(kernel, "MAX_FLOOD", 2**29)
    session.execute(
        FORGE + "buffer = bytes(100_000_000)\ndef f():\n"
        "    forge({'data': {}}, [buffer] * 100)\n    import time; time.sleep(30)"
    )
    assert "memory" in why(session)
    assert psutil.Process().memory_info().rss < 6 * 2**30


# What a kernel sees


def test_the_instructors_variables_are_not_visible(lab, monkeypatch):
    monkeypatch.setenv("COURSE_TOKEN", "secret-of-the-course")
    with (
        environment_of(lab) as environment,
        Nursery(environment) as nursery,
        Session(nursery) as session,
    ):
        seen = texts(session.execute("import os\nprint(dict(os.environ))"))
    assert "PYTHONPATH" in seen and "secret-of-the-course" not in seen


@pytest.mark.parametrize(
    "module",
    ["course", "course.rubrics.toy_gmm", "course.judge", "helpers.mixture", "tests.zoo", "zoo"],
)
def test_what_solves_or_grades_cannot_be_imported(one, module):
    assert run(one, f"import {module}").outputs[0].ename == "ModuleNotFoundError"


def test_no_frame_and_no_path_tells_where_the_course_lies(one):
    done = run(
        one,
        "import sys\nframe = sys._getframe()\nwhile frame:\n"
        "    print(frame.f_code.co_filename, frame.f_globals.get('__file__'))\n    frame = frame.f_back\n"
        "print(sys.path, sys.argv, [getattr(m, '__file__', '') for m in sys.modules.values()])",
    )
    assert done.status == "ok" and "ipykernel" in texts(done)
    assert str(Path(kernel.__file__).parent) not in texts(done)


def test_the_key_to_a_kernel_does_not_lie_about(own_nursery, one):
    one.wait_until_ready()
    assert run(one, "import os\nprint(os.listdir('..'))").status == "ok"
    assert not [p for p in Path(one._folder).iterdir() if p.suffix == ".json"]


def test_two_kernels_share_nothing(own_nursery, one):
    other = Kernel(own_nursery)
    try:
        run(one, "import numpy as np\nnp.pi = 3\nopen('x', 'w').close()")
        seen = texts(run(other, "import numpy as np, os\nprint(np.pi, os.listdir())"))
        assert seen.startswith("3.14") and "'x'" not in seen
    finally:
        other.close()


def test_random_numbers_differ_from_kernel_to_kernel(own_nursery, one):
    other = Kernel(own_nursery)
    try:
        code = "import numpy as np\nnp.random.rand()"
        assert texts(run(one, code)) != texts(run(other, code))
    finally:
        other.close()


# Coming back


def test_a_lost_kernel_comes_back_without_the_cell_that_ended_it(session):
    session.execute("a = 1")
    assert session.execute("import os\na = 2\nos._exit(0)").status == "died"
    session.execute("b = a + 1")
    assert texts(session.execute("a, b")) == "(1, 2)"


def test_a_call_that_ends_the_process_leaves_the_others(session):
    session.execute("import os\ndef f(): os._exit(7)\ndef g(): return 'on'")
    assert why(session) == ("Your f ended the Python process while it was called. (exit status 7)")
    assert call(session, name="g") == "on"


def test_who_ends_the_process_again_and_again_is_not_called_again(session):
    session.execute("import os\ndef f(): os._exit(7)")
    answer = Answer("f", session)
    for _ in range(2):
        with pytest.raises(CheckFailed, match="exit status 7"):
            answer()
    with pytest.raises(OutOfTime, match="had ended the Python process 2 times before"):
        answer()


def test_a_session_ends_when_its_time_is_up(own_nursery, monkeypatch):
    monkeypatch.setattr(judge, "SUBMISSION_SECONDS", 0.0)
    with Session(own_nursery) as session:
        assert session.execute("1").status == "not run"
        assert "not started again" in why(session)


def test_too_many_deaths_end_a_session(own_nursery, monkeypatch):
    monkeypatch.setattr(judge, "MAX_DEATHS", 2)
    with Session(own_nursery) as session:
        for _ in range(2):
            assert session.execute("import os\nos._exit(0)").status == "died"
        assert session.execute("1").status == "not run"


def test_a_nursery_that_a_student_kills_is_replaced(open_nursery):
    session = Session(open_nursery)
    session.execute(
        "def g(): return 'on'\nimport os, time\n"
        "def f():\n    os.kill(os.getppid(), 9)\n    time.sleep(9)"
    )
    before = open_nursery._process.pid
    assert "ended the Python process while it was called" in why(session)
    assert call(session, name="g") == "on"
    assert open_nursery._process.pid != before
    with Session(open_nursery) as other:
        assert texts(other.execute("6 * 7")) == "42"
    session.close()


def test_who_is_not_to_blame_for_the_nurserys_end_loses_nothing(own_nursery, session):
    session.execute("import time\ndef f():\n    time.sleep(1)\n    return 'done'")
    threading.Timer(0.5, own_nursery._process.kill).start()
    assert call(session) == "done"
    threading.Timer(0.5, own_nursery._process.kill).start()
    assert session.execute("time.sleep(1)\na = 1").status == "ok"
    assert texts(session.execute("a")) == "1"
    assert session._deaths == 0


def test_a_nursery_that_dies_while_a_kernel_is_asked_for_is_replaced(own_nursery):
    own_nursery._process.send_signal(signal.SIGSTOP)  # so that it cannot answer before it is killed
    threading.Timer(0.5, own_nursery._process.kill).start()
    start = time.monotonic()
    late = Kernel(own_nursery)
    try:
        assert texts(run(late, "6 * 7")) == "42"
        assert time.monotonic() - start < 20
    finally:
        late.close()


def test_a_process_number_that_is_used_again_is_not_taken_for_dead(own_nursery):
    ended = {5: 0}
    replies = SimpleNamespace(stdout=io.BytesIO(b'{"pid": 5, "connection": ""}\n'))
    own_nursery._listen(replies, queue.Queue(), ended)
    assert ended == {5: -signal.SIGKILL}  # it ended with its parent, not before


def test_a_kernel_whose_nursery_is_gone_is_not_taken_for_one_of_the_next_with_its_number(lab):
    with environment_of(lab) as environment, Nursery(environment, expected=2) as nursery:
        nursery.kernel().close()  # another gets ready
        nursery._process.kill()
        nursery._process.wait()
        others = [Kernel(nursery) for _ in range(3)]
        start = time.monotonic()
        with Session(nursery) as session:
            assert texts(session.execute("6 * 7")) == "42"
        assert time.monotonic() - start < 20
        for each in others:
            each.close()


def test_a_kernel_that_ends_on_a_busy_machine_is_not_said_to_be_slow(own_nursery, one, monkeypatch):
    """Neither the time it had waited for a processor nor the news of its end may come too late."""
    monkeypatch.setattr(kernel, "_queued", lambda pid: 50.0 * psutil.pid_exists(pid))
    code = "import os, time\ntime.sleep(0.5)\nos._exit(3)"
    stopped = own_nursery._outer_pid
    threading.Timer(0.3, os.kill, (stopped, signal.SIGSTOP)).start()
    threading.Timer(1.5, os.kill, (stopped, signal.SIGCONT)).start()
    assert run(one, code, seconds=10).status == "died"


def test_a_kernel_that_is_killed_from_outside_costs_nothing(session):
    """By the system, say, when somebody else has taken all memory."""
    session.execute("import time\ndef f():\n    time.sleep(1)\n    return 'done'")

    def kill_soon():
        threading.Timer(0.5, os.kill, (session._kernel.pid, signal.SIGKILL)).start()

    kill_soon()
    assert call(session) == "done"
    kill_soon()
    assert session.execute("time.sleep(1)\na = 1").status == "ok"
    os.kill(session._kernel.pid, signal.SIGKILL)
    assert texts(session.execute("a")) == "1"
    assert session._deaths == 0


def test_what_a_cell_starts_apart_ends_with_its_kernel(open_nursery):
    with Session(open_nursery) as session:
        pid = texts(
            session.execute(
                "import subprocess\nsubprocess.Popen(['sleep', '100'], start_new_session=True).pid"
            )
        )
        apart = psutil.Process(int(pid))
        assert apart.is_running()
    psutil.wait_procs([apart], timeout=5)
    assert not apart.is_running()


def test_nothing_is_left_behind(lab):
    with environment_of(lab) as environment, Nursery(environment, expected=2) as nursery:
        session = Session(nursery)
        session.execute("import subprocess\nchild = subprocess.Popen(['sleep', '100'])")
        family = psutil.Process(nursery._process.pid).children(recursive=True)
        assert len(family) >= 3  # the session's kernel, its child, and a spare kernel
        family.append(psutil.Process(nursery._process.pid))
        folder = nursery.folder
        session.close()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert not folder.exists() and not environment.exists()
    assert not [p for p in psutil.Process(os.getpid()).children() if p in family]


def test_an_interpreter_that_is_killed_while_it_gets_ready_is_replaced(lab, monkeypatch):
    program, asked = Nursery._program, []

    def dies_once(self):
        asked.append(True)
        return program(self) if len(asked) > 1 else ["sh", "-c", "kill -9 $$"]

    monkeypatch.setattr(Nursery, "_program", dies_once)
    with environment_of(lab) as environment, Nursery(environment) as nursery:
        running = nursery.kernel()
        assert "42" in str(running.execute("print(6 * 7)", 20).outputs)
        running.close()
    assert len(asked) == 2


def test_an_interpreter_that_never_gets_ready_is_reported(lab, monkeypatch):
    monkeypatch.setattr(Nursery, "_program", lambda self: ["sh", "-c", "exit 1"])
    with environment_of(lab) as environment, pytest.raises(CourseError, match="course doctor"):
        Nursery(environment)
