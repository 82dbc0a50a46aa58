"""EM of drifting t-mixtures per point, beside that of plain mixtures: same points and start, one process.

    python tests/benchmarks/bench_drifting.py            five seeds, about two minutes
    python tests/benchmarks/bench_drifting.py --quick    two seeds of a smaller problem
    python tests/benchmarks/bench_drifting.py --growth   time against points and blocks

Every seed draws a 15-unit mixture in 12 dimensions and a k-means++ start (as bench_mixture.py) and
times spread over 30 blocks. All sides run 20 rounds in float64 with one BLAS thread: the drifting
t-mixture, `helpers.mixture.em` and scikit-learn's GaussianMixture. A ratio above 1 says how much longer
the drifting mixture takes. The check beside it: with ν = 1e7 and Q = 1e-10 the drifting mixture must
end at the log-likelihood of the plain one.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy is imported
sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402
from bench_mixture import peer, problem  # noqa: E402

from helpers import drifting, mixture  # noqa: E402

AGREEMENT = 1e-6  # relative difference of the log-likelihoods
DURATION, BLOCK = 1800.0, 60.0


def session(seed, n, duration=DURATION):
    """Draw points (n, 12), times (n,), and a start: for plain and for drifting mixtures."""
    x, m, S, p = problem(seed, n)
    t = np.random.default_rng(seed).uniform(0, duration, n)
    tracks = np.repeat(m[:, None], int(duration // BLOCK), axis=1)
    return x, t, (m, S, p), (tracks, S, p)


def cpu_seconds(fit, *arguments, **settings):
    start = time.process_time()
    result = fit(*arguments, **settings)
    return time.process_time() - start, result


def measure(seed, n, n_iters):
    """Return microseconds per point and round of the three sides, and how far the limit is off."""
    x, t, plain, tracks = session(seed, n)
    ours, _ = cpu_seconds(drifting.em, x, t, *tracks, n_iters, Q=10.0)
    mog, (*_, history) = cpu_seconds(mixture.em, x, *plain, n_iters)
    sklearn, _ = cpu_seconds(peer, x, *plain, n_iters)
    m, S, p, _ = drifting.em(x, t, *tracks, n_iters, nu=1e7, Q=1e-10)
    LL = drifting.log_likelihood(x, t, m, S, p, nu=1e7)
    scale = 1e6 / n / n_iters
    return ours * scale, mog * scale, sklearn * scale, abs(LL / history[-1] - 1)


def spread(values):
    return f"{median(values):6.2f} ({min(values):.2f} … {max(values):.2f})"


def report(seeds, n, n_iters):
    measure(0, 2000, 2)  # imports and first calls are not what is compared
    rows = [measure(seed, n, n_iters) for seed in range(seeds)]
    ours, mog, sklearn, apart = zip(*rows, strict=True)
    print(f"CPU µs per point and round, {n} points, 15 components, 12 dimensions, {seeds} seeds")
    for name, times in (("drifting", ours), ("plain", mog), ("scikit-learn", sklearn)):
        ratio = [a / b for a, b in zip(ours, times, strict=True)]
        print(f"  {name:12}  {spread(times)}   drifting takes {spread(ratio)} times as long")
    print(f"  limit ν = 1e7, Q = 1e-10: log-likelihoods differ by {max(apart):.1e}")
    if max(apart) > AGREEMENT:
        sys.exit("The limit is not the plain mixture: the ratios mean nothing.")


def growth(n_iters=5):
    print("CPU s per round: it grows linearly with the points and with the blocks")
    for n, n_blocks in ((50_000, 30), (100_000, 30), (200_000, 30), (50_000, 3000), (50_000, 6000)):
        x, t, _, tracks = session(0, n, n_blocks * BLOCK)
        used, _ = cpu_seconds(drifting.em, x, t, *tracks, n_iters, Q=10.0)
        print(f"  {n:7} points, {n_blocks:5} blocks: {used / n_iters:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two seeds of a smaller problem")
    parser.add_argument("--growth", action="store_true", help="time against points and blocks")
    options = parser.parse_args()
    if options.growth:
        growth()
    elif options.quick:
        report(2, 8_000, 10)
    else:
        report(5, 33_983, 20)


if __name__ == "__main__":
    main()
