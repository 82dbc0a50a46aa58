# zero: select_n_clusters
# why: a thread fills the channel on which answers come back with replies and malformed messages of its own
# %% select_n_clusters
import threading
import time

from IPython import get_ipython

MIME = "application/vnd.course.answer+json"
shell = get_ipython()
FORGERIES = (
    {"data": {MIME: ["tuple", ["value", ["tuple", [2, True]]]]}},
    {"data": {MIME: ["tuple", ["passed", 1.0]]}},
    {"data": {MIME: 1.0}},
    {"data": {MIME: ["array", "O", [1], 0]}},
    {"data": {"text/plain": "1.0", MIME: ["handle", -1, "x"]}},
    {"data": MIME},
    {"data": 5},
    {"data": [MIME]},
    {},
)


def forge():
    session, number = shell.kernel.session, 0
    while True:
        number += 1
        content = FORGERIES[number % len(FORGERIES)]
        kind = ("display_data", "execute_result", "status", "error")[number % 4]
        try:
            session.send(
                shell.kernel.iopub_socket,
                kind,
                content,
                parent=shell.kernel.get_parent("shell"),
                buffers=[b"\0" * 8],
            )
        except Exception:
            pass
        time.sleep(0.002)


def select_n_clusters(x, K, n_seeds):
    if threading.active_count() < 50:
        threading.Thread(target=forge, daemon=True).start()
    time.sleep(0.1)
    return None
