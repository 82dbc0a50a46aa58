"""Semi-NMF and deconvolution of helpers.deconvolution against the usual ways to write them.

    python tests/benchmarks/bench_deconvolution.py            three seeds, about five minutes
    python tests/benchmarks/bench_deconvolution.py --quick    one seed of shorter data

Semi-NMF (64 channels, 150,000 bins, 20 neurons): with the residual computed anew for each neuron,
and kept in place by outer products. They go neuron by neuron, ours takes all amplitudes first and
then all waveforms, so the log joints after equally many iterations stand beside the times; that ours
does what the notebook does is tested in tests/test_deconvolution_lab.py. Then the share of the
machine's rate of matrix products (two of them with all the data are 4·N·T·K operations).

Deconvolution (32 channels, 200,000 samples, 10 neurons of 81 samples, rank 1), three ways: *naive*,
where all channels are correlated and convolved one by one and the residual is computed anew for each
neuron; *low rank*, the usual fast version, which convolves each neuron once, adds the channels up
before it correlates, and computes the residual anew; and the same with the residual kept *in place*.
With torch there is a fourth, *conv1d*: in place, and `conv1d` in double precision for both correlation
and convolution, as courses do it. All must find the spikes that ours finds, or the ratios mean nothing. Times are CPU seconds of one iteration after the first, in
which templates are born; one BLAS thread. Ratios above 1: faster here.

With torch, the same call is then given tensors, on the CPU and on a GPU if there is one; wall seconds.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from scipy.signal import find_peaks

from helpers import deconvolution

try:
    import torch
except ImportError:
    torch = None
else:
    torch.set_num_threads(1)

LAM, SIGMA = 5.0, 1.0
BINS = {"n_channels": 64, "n": 150_000, "n_neurons": 20}
SPIKES = {"n_channels": 32, "n": 200_000, "n_neurons": 10, "width": 81}


# ---- data


def bins(seed, n_channels, n, n_neurons):
    """Sums of waveforms that are active in 2 % of the bins, with noise."""
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((n_channels, n_neurons))
    A = rng.exponential(8, (n, n_neurons)) * (rng.random((n, n_neurons)) < 0.02)
    return (W / np.linalg.norm(W, axis=0)) @ A.T + rng.standard_normal((n_channels, n))


def voltage(seed, n_channels, n, n_neurons, width):
    """Templates of rank 1 on neighbouring channels, one spike every 500 samples and neuron, with noise."""
    rng = np.random.default_rng(seed)
    X, t = rng.standard_normal((n_channels, n)), np.arange(width)
    for k in range(n_neurons):
        place = (k + rng.random()) * n_channels / n_neurons
        u = np.exp(-0.5 * ((np.arange(n_channels) - place) / 1.5) ** 2)
        v = 0.4 * np.exp(-(((t - 45) / 12) ** 2)) - np.exp(-(((t - 30) / rng.uniform(4, 7)) ** 2))
        W = np.outer(u, v) / np.linalg.norm(np.outer(u, v))
        times = np.cumsum(rng.integers(width + 1, 1000 - width, n // 400))
        for start in times[times <= n - width]:
            X[:, start : start + width] += rng.uniform(20, 35) * W
    return X


# ---- the usual ways


def usual_seminmf(X, n_neurons, n_iters, seed, in_place):
    """Neuron by neuron: return the log joint at the end."""
    W = deconvolution.new_waveforms(X, n_neurons, np.random.default_rng(seed))
    A = np.zeros((X.shape[1], n_neurons))
    rest = X - W @ A.T
    for _ in range(n_iters):
        for k in range(n_neurons):
            if in_place:
                rest += np.outer(W[:, k], A[:, k])
                R = rest
            else:
                others = np.arange(n_neurons) != k
                R = X - W[:, others] @ A[:, others].T
            A[:, k] = np.maximum(0, R.T @ W[:, k] - LAM * SIGMA**2)
            if A[:, k].any():
                W[:, k] = R @ A[:, k] / np.linalg.norm(R @ A[:, k])
            if in_place:
                rest -= np.outer(W[:, k], A[:, k])
    return deconvolution.log_joint(X, W, A, LAM, SIGMA)


def usual_deconvolution(X, n_neurons, width, n_iters, seed, kind):
    """The rules of helpers.deconvolution with rank 1: return templates and amplitudes."""
    rng, places = np.random.default_rng(seed), X.shape[1] - width + 1
    U, V = np.zeros((n_neurons, len(X))), np.zeros((n_neurons, width))
    a, rest, in_place = np.zeros((n_neurons, places)), X.copy(), kind in ("in place", "conv1d")
    correlate, convolve = (conv1d, conv1d_full) if kind == "conv1d" else (np.correlate, np.convolve)
    for _ in range(n_iters):
        for k in range(n_neurons):
            if in_place:
                if a[k].any():
                    rest += np.outer(U[k], convolve(a[k], V[k]))
                R = rest
            else:
                R = without(X, U, V, a, k, kind)
            if not a[k].any():
                U[k], V[k] = first_pair(deconvolution.new_template(R, width, rng))
            if kind != "naive":
                score = correlate(U[k] @ R, V[k], "valid")
            else:
                score = sum(
                    np.correlate(x, u * V[k], "valid") for x, u in zip(R, U[k], strict=True)
                )
            peaks = find_peaks(score, height=LAM * SIGMA**2, distance=width)[0]
            a[k] = 0
            a[k, peaks] = score[peaks] - LAM * SIGMA**2
            if len(peaks):
                target = np.einsum(
                    "nsw,s->nw", R[:, peaks[:, None] + np.arange(width)], a[k, peaks]
                )
                U[k], V[k] = first_pair(target)
                if in_place:
                    rest -= np.outer(U[k], convolve(a[k], V[k]))
    return np.einsum("kn,kd->knd", U, V), a


def without(X, U, V, a, k, kind):
    """The data without all neurons but k."""
    others = [j for j in np.flatnonzero(a.any(axis=1)) if j != k]
    if kind == "low rank":
        return X - U[others].T @ np.array(
            [np.convolve(a[j], V[j]) for j in others] or np.zeros((0, X.shape[1]))
        )
    R = X.copy()
    for j in others:
        for n in range(len(X)):
            R[n] -= np.convolve(a[j], U[j, n] * V[j])
    return R


def conv1d(y, v, _mode="valid"):
    return torch.nn.functional.conv1d(torch.tensor(y)[None, None], torch.tensor(v)[None, None])[
        0, 0
    ].numpy()


def conv1d_full(a, v):
    return conv1d(np.pad(a, len(v) - 1), v[::-1].copy())


def first_pair(target):
    U, _, V = np.linalg.svd(target, full_matrices=False)
    return U[:, 0], V[0]


# ---- times


def timed(work, clock=time.process_time):
    begin = clock()
    found = work()
    return clock() - begin, found


def per_iteration(fit, n, clock=time.process_time):
    """Seconds of an iteration after the first, and what n + 1 of them give."""
    # The first call also asks the system for memory.
    once = min(timed(lambda: fit(1), clock)[0] for _ in range(2))
    all_of_them, found = timed(lambda: fit(n + 1), clock)
    return (all_of_them - once) / n, found


def gemm_rate():
    """Operations per second of a large product on one thread."""
    a = np.random.default_rng(0).standard_normal((1500, 1500))
    return 2 * 1500**3 / min(timed(lambda: a @ a)[0] for _ in range(4))


def report(name, seconds, ratios):
    print(f"  {name:34} {1000 * median(seconds):8.0f} ms", end="")
    print(
        f"   ratio {median(ratios):5.1f} ({min(ratios):.1f} … {max(ratios):.1f})" if ratios else ""
    )


def semi_nmf(seeds, size):
    print(f"semi-NMF, one iteration: {size}")
    n_neurons = size["n_neurons"]
    ours, recomputed, in_place = [], [], []
    for seed in range(seeds):
        X = bins(seed, **size)
        spent, fit = per_iteration(
            lambda n, X=X, s=seed: deconvolution.fit_seminmf(X, n_neurons, LAM, SIGMA, n, s), 8
        )
        ours.append(spent)
        joints = [fit[2][2]]  # after three iterations
        for kind, times in ((False, recomputed), (True, in_place)):
            spent, joint = per_iteration(
                lambda n, X=X, s=seed, kind=kind: usual_seminmf(X, n_neurons, n, s, kind), 2
            )
            times.append(spent)
            joints.append(joint)
        print(f"  seed {seed}: log joint after three iterations: ours {joints[0]:.0f}, "
              f"recomputed {joints[1]:.0f}, in place {joints[2]:.0f}", flush=True)  # fmt: skip
    report("helpers", ours, [])
    for name, times in (("residual recomputed", recomputed), ("residual in place", in_place)):
        report(name, times, [b / a for a, b in zip(ours, times, strict=True)])
    rate, work = gemm_rate(), 4 * size["n_channels"] * size["n"] * n_neurons
    print(f"  matrix products {rate / 1e9:.0f} GFlop/s; helpers reaches", end=" ")
    print(f"{work / median(ours) / rate:.0%} of it in the two products with the data")


def deconvolve(seeds, size):
    print(f"deconvolution, one iteration: {size}")
    K, D = size["n_neurons"], size["width"]
    ours, same = [], True
    others = {kind: [] for kind in ("naive", "low rank", "in place", "conv1d")[: 4 if torch else 3]}
    for seed in range(seeds):
        X = voltage(seed, **size)
        spent, _ = per_iteration(
            lambda n, X=X, s=seed: deconvolution.fit_deconvolution(X, K, D, 1, LAM, SIGMA, n, s), 10
        )
        templates, amplitudes = deconvolution.fit_deconvolution(X, K, D, 1, LAM, SIGMA, 3, seed)
        ours.append(spent)
        for kind, times in others.items():
            spent, (their_templates, theirs) = per_iteration(
                lambda n, X=X, s=seed, kind=kind: usual_deconvolution(X, K, D, n, s, kind), 2
            )
            times.append(spent)
            same &= np.array_equal(theirs > 0, amplitudes > 0)
            apart = max(
                np.abs(theirs - amplitudes).max(), np.abs(their_templates - templates).max()
            )
            same &= bool(apart < 1e-8)
        print(
            f"  seed {seed}: {np.sum(amplitudes > 0)} spikes, the same on all sides: {same}",
            flush=True,
        )
    report("helpers", ours, [])
    for kind, times in others.items():
        report(kind, times, [b / a for a, b in zip(ours, times, strict=True)])
    return same


def with_torch(size):
    if torch is None:
        return print("no torch: tensors are left out")
    K, D, X = size["n_neurons"], size["width"], voltage(0, **size)

    def fit(X, n):
        return deconvolution.fit_deconvolution(X, K, D, 1, LAM, SIGMA, n, 0)

    fit(X, 1)
    spent, (_, ours) = per_iteration(lambda n: fit(X, n), 8, time.perf_counter)
    print(f"the same call, one iteration, wall clock: NumPy {1000 * spent:.0f} ms")
    for device in ["cpu"] + ["cuda"] * torch.cuda.is_available():
        for kind in (torch.float32, torch.float64):
            data = torch.tensor(X, dtype=kind, device=device)
            fit(data, 1)
            spent, (_, theirs) = per_iteration(lambda n, x=data: fit(x, n), 8, time.perf_counter)
            found = theirs.cpu().numpy()
            differ = np.sum((found > 0) != (ours > 0))
            print(
                f"  {device:5}{str(kind)[6:]}  {1000 * spent:7.0f} ms   spikes that differ: {differ}"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one seed of shorter data")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", choices=("seminmf", "deconvolution", "torch"))
    options = parser.parse_args()
    seeds = 1 if options.quick else options.seeds
    sizes = [dict(s, n=s["n"] // 4) if options.quick else s for s in (BINS, SPIKES)]
    same = True
    if options.only in (None, "seminmf"):
        semi_nmf(seeds, sizes[0])
    if options.only in (None, "deconvolution"):
        same = deconvolve(seeds, sizes[1])
    if options.only in (None, "torch"):
        with_torch(sizes[1])
    if not same:
        sys.exit("The sides did not find the same spikes: the ratios mean nothing.")


if __name__ == "__main__":
    main()
