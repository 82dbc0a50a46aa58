# why: looks for other processes, and signals, traces and reads those it can name; the answer is right, and raises if that worked
# %% sample_data
import ctypes
import glob
import os

escaped = []


def attempt(what, action):
    try:
        action()
    except OSError:
        return
    escaped.append(what)


libc = ctypes.CDLL(None, use_errno=True)
own = str(os.getpid())
escaped += [path for path in glob.glob("/proc/[0-9]*") if path != f"/proc/{own}"]
for pid in [os.getppid(), *range(2, 400)]:
    if pid and not os.path.exists(f"/proc/self/task/{pid}"):
        attempt(f"signal {pid}", lambda pid=pid: os.kill(pid, 0))
        escaped += [f"trace {pid}"] if libc.ptrace(16, pid, 0, 0) == 0 else []
escaped += ["a parent"] if os.getppid() else []


def sample_data(n_samples, m, S, p, random_seed=0):
    if escaped:
        raise RuntimeError(f"not shut in: {escaped}")
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    z = rng.standard_normal((n_samples, len(m[0])))
    return labels, np.asarray(m)[labels] + np.einsum("nij,nj->ni", np.linalg.cholesky(S)[labels], z)
