# why: publishes outputs with names of a million letters and half characters; the answer is right, and raises if that worked
# %% sample_data
import json

escaped = []
kernel = get_ipython().kernel
for kind, content in (
    ("stream", {"name": "\ud800" + "x" * 10**6, "text": "\udfff"}),
    ("stream", {"name": {"a": []}, "text": ["x"]}),
    (
        "error",
        {"ename": "\ud800", "evalue": ["\ud800"], "traceback": "\x1b[2J\x1b]0;owned\x07" * 1000},
    ),
    ("display_data", {"data": {"text/plain": "\ud800", "\ud800": "x"}, "metadata": {"\ud800": 1}}),
    (
        "execute_result",
        {"data": {"text/plain": "8.0"}, "metadata": {}, "execution_count": "\ud800"},
    ),
    ("clear_output", {"wait": "\ud800"}),
    ("update_display_data", {"data": {"text/plain": "8.0"}, "transient": {"display_id": "x"}}),
):
    session = kernel.session
    parts = [
        session.pack(session.msg_header(kind)),
        session.pack(kernel.get_parent("shell")["header"]),
        b"{}",
    ]
    parts.append(json.dumps(content).encode())
    kernel.iopub_socket.send_multipart([kind.encode(), b"<IDS|MSG>", session.sign(parts), *parts])


def sample_data(n_samples, m, S, p, random_seed=0):
    if escaped:
        raise RuntimeError(f"not shut in: {escaped}")
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    z = rng.standard_normal((n_samples, len(m[0])))
    return labels, np.asarray(m)[labels] + np.einsum("nij,nj->ni", np.linalg.cholesky(S)[labels], z)
