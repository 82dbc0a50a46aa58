"""EM of helpers.mixture against scikit-learn: same points, same start, same rounds, one process.

    python tests/benchmarks/bench_mixture.py            five seeds, about two minutes
    python tests/benchmarks/bench_mixture.py --quick    two seeds of a smaller problem

Every seed draws a 15-unit mixture in 12 dimensions and a k-means++ start. Both sides run 50 rounds
of E-step and M-step and one last E-step, in float64 and without early stopping, once with one BLAS
thread and once with the default number. Ratios are scikit-learn / helpers.mixture: above 1 is
faster here. Beside them stands how far the two final log-likelihoods are apart. Memory is the
largest allocation above the points, measured in processes of their own.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import tracemalloc
import warnings
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
AGREEMENT = 1e-9  # relative difference of the log-likelihoods


def problem(seed, n):
    """Draw points (n, 12) and a start for 15 components."""
    import numpy as np

    from helpers import mixture

    rng = np.random.default_rng(seed)
    K, d = 15, 12
    roots = rng.normal(size=(K, d, d)) / 3
    S = roots @ roots.transpose(0, 2, 1) + 0.5 * np.eye(d)
    m, p = rng.normal(size=(K, d)) * 3, rng.dirichlet(np.full(K, 5.0))
    _, x = mixture.sample_data(n, m, S, p, seed)
    means = mixture.kmeans_plus_plus(x, K, rng)
    return x, means, np.repeat(np.cov(x.T, bias=True)[None], K, axis=0), np.full(K, 1 / K)


def ours(x, m, S, p, n_iters):
    """Return a function that gives the final log-likelihood (nats)."""
    from helpers import mixture

    *_, log_likelihoods = mixture.em(x, m, S, p, n_iters)
    return lambda: log_likelihoods[-1]


def peer(x, m, S, p, n_iters):
    """The same with scikit-learn, whose last E-step does not report its log-likelihood."""
    import numpy as np
    from sklearn.mixture import GaussianMixture

    precisions = np.linalg.inv(S)
    model = GaussianMixture(
        len(p),
        tol=0,
        reg_covar=0,
        max_iter=n_iters,
        means_init=m,
        weights_init=p,
        precisions_init=(precisions + precisions.transpose(0, 2, 1)) / 2,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it cannot converge to a tolerance of zero
        model.fit(x)
    if model.n_iter_ != n_iters:
        raise RuntimeError(f"scikit-learn stopped after {model.n_iter_} of {n_iters} rounds")
    return lambda: model.score(x) * len(x)


def timed(fit, *arguments):
    """Return CPU seconds of all threads, wall seconds and the final log-likelihood."""
    time.sleep(0.2)  # BLAS threads of the other side spin on for a moment
    wall, cpu = time.perf_counter(), time.process_time()
    log_likelihood = fit(*arguments)
    return time.process_time() - cpu, time.perf_counter() - wall, log_likelihood()


def measure_speed(seeds, n, n_iters):
    rows = []
    for fit in (ours, peer):  # imports and first calls are not what is compared
        fit(*problem(0, 2000), 2)
    for seed in range(seeds):
        start = problem(seed, n)
        cpu, wall, LL = timed(ours, *start, n_iters)
        peer_cpu, peer_wall, peer_LL = timed(peer, *start, n_iters)
        apart = abs(LL - peer_LL) / abs(LL)
        rows.append({"cpu": cpu, "wall": wall, "peer_cpu": peer_cpu, "peer_wall": peer_wall,
                     "apart": apart})  # fmt: skip
    return rows


def measure_memory(fit, n, n_iters):
    """Return the largest allocation during a fit, the points not counted (MiB)."""
    fit(*problem(0, 500), 1)
    start = problem(0, n)
    tracemalloc.start()
    fit(*start, n_iters)
    return tracemalloc.get_traced_memory()[1] / 2**20


def in_process(job, threads, arguments):
    """Run one measurement of this script in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in THREAD_VARIABLES}
    environment["PYTHONPATH"] = str(ROOT)
    if threads:
        environment["OPENBLAS_NUM_THREADS"] = str(threads)
    command = [sys.executable, __file__, "--job", job]
    for name, value in arguments.items():
        command += [f"--{name}", str(value)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def spread(values):
    return f"{median(values):6.2f} ({min(values):.2f} … {max(values):.2f})"


def report(rows, title):
    print(f"\n{title}: median (smallest … largest) over {len(rows)} seeds")
    for clock in ("cpu", "wall"):
        mine, theirs = ([row[name] for row in rows] for name in (clock, f"peer_{clock}"))
        ratio = [b / a for a, b in zip(mine, theirs, strict=True)]
        print(f"  {clock:4}  ratio {spread(ratio)}   helpers {spread(mine)} s   "
              f"scikit-learn {spread(theirs)} s")  # fmt: skip
    apart = max(row["apart"] for row in rows)
    verdict = "agree" if apart <= AGREEMENT else "DISAGREE"
    print(f"  log-likelihoods {verdict}: largest relative difference {apart:.1e}")
    return apart <= AGREEMENT


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two seeds of a smaller problem")
    parser.add_argument("--job", choices=("speed", "memory-ours", "memory-peer"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--n", type=int, default=33_983)
    parser.add_argument("--iters", type=int, default=50)
    options = parser.parse_args()
    if options.job == "speed":
        return print(json.dumps(measure_speed(options.seeds, options.n, options.iters)))
    if options.job:
        fit = ours if options.job == "memory-ours" else peer
        return print(json.dumps(measure_memory(fit, options.n, options.iters)))
    arguments = {"seeds": options.seeds, "n": options.n, "iters": options.iters}
    if options.quick:
        arguments = {"seeds": 2, "n": 8_000, "iters": 10}
    print(f"EM, 15 components, 12 dimensions, {arguments}; ratio = scikit-learn / helpers.mixture")
    agreed = True
    for threads, title in ((1, "one BLAS thread"), (None, "default threads")):
        agreed &= report(in_process("speed", threads, arguments), title)
    print("\nlargest allocation during a fit, beyond the points")
    for job, name in (("memory-ours", "helpers"), ("memory-peer", "scikit-learn")):
        used = in_process(job, 1, arguments | {"iters": 5})
        print(f"  {name:12}  {used:6.1f} MiB")
    if not agreed:
        sys.exit("The two sides found different log-likelihoods: the ratios mean nothing.")


if __name__ == "__main__":
    main()
