# zero: sample_data
# why: floods the channel of replies with thousands of tiny messages, during calls and between them
# %% sample_data
from IPython import get_ipython

kernel = get_ipython().kernel
MIME = "application/vnd.course.answer+json"


def send(content, buffers=(), kind="display_data"):
    parent = kernel.get_parent("shell")
    kernel.session.send(kernel.iopub_socket, kind, content, parent=parent, buffers=list(buffers))


import threading


def flood():
    for _ in range(20_000):
        send({"name": "stdout", "text": "x"}, kind="stream")
        send({"execution_state": "idle"}, kind="status")


def sample_data(n_samples, m, S, p, random_seed=0):
    threading.Thread(target=flood, daemon=True).start()
