# zero: sample_data
# why: sends messages whose headers are long lists of dates, which take seconds to read
# %% sample_data
from IPython import get_ipython

kernel = get_ipython().kernel
MIME = "application/vnd.course.answer+json"


def send(content, buffers=(), kind="display_data"):
    parent = kernel.get_parent("shell")
    kernel.session.send(kernel.iopub_socket, kind, content, parent=parent, buffers=list(buffers))


def sample_data(n_samples, m, S, p, random_seed=0):
    session = kernel.session
    header = dict(kernel.get_parent("shell")["header"])
    header["dates"] = ["2020-01-01T00:00:00.%06dZ" % i for i in range(33_000)]
    parts = [session.pack(session.msg_header("display_data")), session.pack(header), b"{}", b"{}"]
    for _ in range(20):
        kernel.iopub_socket.send_multipart([b"x", b"<IDS|MSG>", session.sign(parts), *parts])
    return None
