# zero: sample_data
# why: replies with arrays whose size takes hours to work out, and types of a million parts
# %% sample_data
from IPython import get_ipython

kernel = get_ipython().kernel
MIME = "application/vnd.course.answer+json"


def send(content, buffers=(), kind="display_data"):
    parent = kernel.get_parent("shell")
    kernel.session.send(kernel.iopub_socket, kind, content, parent=parent, buffers=list(buffers))


TREES = (
    ["array", "<f8", [9] * 5_000_000, 0],
    ["array", "<f8", [2**62] * 500_000, 0],
    ["array", "<f8", [10**4000] * 3000, 0],
    ["array", "f8," * 3_000_000 + "f8", [1], 0],
    ["array", "(" * 5_000_000, [1], 0],
    ["array", "<f8", {"0": 1}, 0],
    ["array", "<f8", [-1], 0],
    ["array", "|S1", [2**27], 0],
    ["handle", "9" * 4000, "x" * 5_000_000],
    ["int", "f" * 5_000_000],
)
calls = 0


def sample_data(n_samples, m, S, p, random_seed=0):
    global calls
    calls += 1
    send({"data": {MIME: ["tuple", ["value", TREES[calls % len(TREES)]]]}}, [b"12345678"])
    raise SystemExit
