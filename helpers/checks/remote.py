"""What runs in a grading kernel: it answers one request with data and decides nothing."""

from .answers import Limit, serve

MIME = "application/vnd.course.answer+json"
_kept = {}


def answer_request():
    """Read the request that came with the message being executed, serve it, publish the reply."""
    from IPython import get_ipython

    shell = get_ipython()
    kernel = shell.kernel
    message = kernel.get_parent("shell")
    ask = message["content"]["answer"]
    reply, buffers = serve(
        ask["request"],
        message["buffers"],
        shell.user_ns,
        _kept,
        Limit(ask["seconds"], ask["bytes"]),
    )
    kernel.session.send(
        kernel.iopub_socket,
        "display_data",
        {"data": {MIME: reply}, "metadata": {}, "transient": {}},
        parent=message,
        buffers=buffers,
    )
