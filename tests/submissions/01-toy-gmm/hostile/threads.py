# why: starts threads until no more are allowed; the answer is right, and raises if that worked
# %% sample_data
import threading

stop, n = threading.Event(), 0
try:
    for n in range(500):
        threading.Thread(target=stop.wait, daemon=True).start()
except RuntimeError:
    pass
escaped = [n] if n > 150 else []
stop.set()


def sample_data(n_samples, m, S, p, random_seed=0):
    if escaped:
        raise RuntimeError(f"not shut in: {escaped}")
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    z = rng.standard_normal((n_samples, len(m[0])))
    return labels, np.asarray(m)[labels] + np.einsum("nij,nj->ni", np.linalg.cholesky(S)[labels], z)
