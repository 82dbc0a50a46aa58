# why: writes where the next kernel would find it, and starts what should outlive its own; the answer is right, and raises if that worked
# %% sample_data
import os
import subprocess
import sys

escaped = []


def attempt(what, action):
    try:
        action()
    except OSError:
        return
    escaped.append(what)


for place in (
    "/",
    "/lab",
    "/lab/helpers",
    "/lab/data",
    "/kernels",
    "/kernels/home",
    "/usr/lib",
    "/usr/local",
    "/etc",
    "/dev",
    sys.prefix,
    np.__path__[0],
    os.path.dirname(os.__file__),
):
    attempt(place, lambda place=place: open(os.path.join(place, "sitecustomize.py"), "w"))
    attempt(place, lambda place=place: os.chmod(place, 0o777))
for path in (np.__file__, "/lab/helpers/checks/core.py", sys.executable):
    attempt(path, lambda path=path: open(path, "r+b"))
    attempt(path, lambda path=path: os.unlink(path))
    attempt(path, lambda path=path: os.rename(path, path + "x"))
late = "import os, signal, time\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\ntime.sleep(3600)"
for _ in range(3):
    subprocess.Popen([sys.executable, "-c", late], start_new_session=True)


def sample_data(n_samples, m, S, p, random_seed=0):
    if escaped:
        raise RuntimeError(f"not shut in: {escaped}")
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    z = rng.standard_normal((n_samples, len(m[0])))
    return labels, np.asarray(m)[labels] + np.einsum("nij,nj->ni", np.linalg.cholesky(S)[labels], z)
