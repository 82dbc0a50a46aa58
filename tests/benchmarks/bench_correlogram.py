"""All-pairs correlograms of helpers.correlogram against phylib, SpikeInterface and pynapple.

    python tests/benchmarks/bench_correlogram.py            five seeds, about three minutes
    python tests/benchmarks/bench_correlogram.py --quick    two seeds of smaller problems

The peers are no part of the course. Install them into an environment of their own and run the
script with its interpreter; a peer that is missing is left out, with a sentence:

    python3.11 -m venv peers && peers/bin/pip install phylib spikeinterface numba pynapple

Windows of ±30 ms in bins of 1 ms at 30 kHz, one thread. Ratios of CPU time are peer / ours: above 1
is faster here. Of each side and seed the fastest of several alternating calls counts. Our time goes
from samples and labels to all counts, with checks and unit ids. Before anything is timed, counts
are compared exactly, in each peer's own convention:

- ours: bins centred on multiples of 1 ms, [i, j] has the lags of j after i, a lag on an edge counts
  in the bin away from zero; all |lag| < 30.5 ms.
- phylib: bin k of [i, j] holds k ≤ lag < k + 1 ms of j after i, up to 31 ms; bin 0 the larger of
  the two orders, not their sum. It gets whole samples, since it truncates times · fs.
- SpikeInterface (numba, one thread, not the fast mode, whose threads may lose counts): 60 half-open
  bins k ≤ lag < k + 1 ms, [i, j] has the lags of i after j, −30 ≤ lag < 30 ms. Timed twice: from arrays
  as ours, and its bare compiled loop on prepared arrays, without checks or unit ids.
- pynapple: 59 bins centred as ours, so without our outermost; a train's own zero bin is set to 0;
  rates in Hz; floating point decides about edges, so spikes fall on even samples and edges on odd
  ones. It visits every bin for every pair of units: only the small problem is within its reach.
"""

import argparse
import importlib.metadata
import os
import sys
import time
import warnings
from pathlib import Path
from statistics import median

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"  # has to stand before numpy is imported
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np  # noqa: E402

from helpers.correlogram import all_correlograms, count_forward  # noqa: E402

FS, BIN, M = 30_000, 30, 30  # Hz, samples, bins on either side


def problem(seed, n, K, duration):
    """n spikes of K independent Poisson units with log-normal rates, on even samples."""
    rng = np.random.default_rng(seed)
    share = rng.lognormal(0, 1, K)
    units = rng.choice(K, size=n, p=share / share.sum())
    units[:K] = np.arange(K)
    return 2 * np.sort(rng.integers(0, int(duration * FS / 2), n)), units


def ours(samples, units):
    return lambda: all_correlograms(samples, units, FS, BIN / FS, M * BIN / FS)[0]


def phylib(samples, units):
    from phylib.stats import correlograms

    ids = np.unique(units)
    return lambda: correlograms(samples, units, ids, 1.0, BIN, 2 * M * BIN)


def in_phylib_bins(samples, units):
    forward = count_forward(samples, units, np.arange((M + 1) * BIN) // BIN, M + 1)
    backward = forward.transpose(1, 0, 2)[:, :, ::-1]
    middle = np.maximum(forward[:, :, :1], backward[:, :, -1:])
    return np.concatenate([backward[:, :, :-1], middle, forward[:, :, 1:]], axis=2)


def spikeinterface(samples, units):
    from spikeinterface.core import NumpySorting
    from spikeinterface.postprocessing import compute_correlograms

    def call():
        sorting = NumpySorting.from_samples_and_labels([samples], [units], FS)
        options = {"method": "numba", "fast_mode": "off"}
        return compute_correlograms(
            sorting, window_ms=2e3 * M * BIN / FS, bin_ms=1e3 * BIN / FS, **options
        )[0]

    return call


def spikeinterface_loop(samples, units):
    from spikeinterface.postprocessing import correlograms

    loop = correlograms._compute_correlograms_one_segment_numba
    K, units = units.max() + 1, units.astype(np.int32)

    def call():
        counts = np.zeros((K, K, 2 * M), dtype=np.int64)
        loop(counts, samples, units, M * BIN, BIN, M, 1)
        return counts

    return call


def in_spikeinterface_bins(samples, units):
    # A lag on an edge belongs to the bin above it as it is and as its mirror image: count the
    # edges (even columns) and what lies between them (odd columns) apart.
    lag = np.arange(M * BIN + 1)  # the longest one counts on its negative side only
    parts = count_forward(samples, units, 2 * (lag // BIN) + (lag % BIN > 0), 2 * M + 1)
    edges, between = parts[:, :, ::2], parts[:, :, 1::2]
    counts = np.zeros((*parts.shape[:2], 2 * M), dtype=np.int64)
    counts[:, :, M:] = (edges[:, :, :M] + between).transpose(1, 0, 2)
    counts[:, :, M::-1] += edges
    counts[:, :, M - 1 :: -1] += between
    return counts


def pynapple(samples, units):
    import pynapple as nap

    K, n = units.max() + 1, np.bincount(units)
    group = nap.TsGroup({k: nap.Ts(samples[units == k] / FS) for k in range(K)})
    bins = {"binsize": BIN / FS, "windowsize": M * BIN / FS, "norm": False}

    def call():
        cross = nap.compute_crosscorrelogram(group, **bins)
        auto = nap.compute_autocorrelogram(group, **bins)
        counts = np.zeros((K, K, len(auto)))
        for i, j in cross.columns:
            counts[i, j] = cross[i, j] * n[i] * BIN / FS
            counts[j, i] = counts[i, j, ::-1]
        for i in auto.columns:
            counts[i, i] = auto[i] * n[i] * BIN / FS
        return np.round(counts).astype(int)

    return call


def in_pynapple_bins(samples, units):
    counts = ours(samples, units)()[:, :, 1:-1]
    np.einsum("iik->ik", counts)[:, M - 1] = 0
    return counts


PEERS = {
    "phylib": ("phylib", phylib, in_phylib_bins),
    "SpikeInterface": ("spikeinterface", spikeinterface, in_spikeinterface_bins),
    "  its bare loop": ("spikeinterface", spikeinterface_loop, in_spikeinterface_bins),
    "pynapple": ("pynapple", pynapple, in_pynapple_bins),
}


def installed():
    """Return the names of the peers that are here, and say which are not."""
    versions = {}
    for package in ("phylib", "spikeinterface", "numba", "pynapple"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            print(f"{package} is not installed: what needs it is left out.")
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    if "numba" not in versions:
        versions.pop("spikeinterface", None)
    return [name for name, (package, *_) in PEERS.items() if package in versions]


def fastest(calls, repeats):
    """Return the smallest CPU time of each call (s); the calls take turns."""
    times = [[] for _ in calls]
    for _ in range(repeats):
        for call, own in zip(calls, times, strict=True):
            start = time.process_time()
            call()
            own.append(time.process_time() - start)
    return [min(own) for own in times]


def measure(names, seeds, n, K, duration, repeats):
    """Return CPU times by side, one per seed, and the peers whose counts differ from ours."""
    times, wrong = {name: [] for name in ("ours", *names)}, set()
    for seed in range(seeds):
        samples, units = problem(seed, n, K, duration)
        calls = [ours(samples, units)]
        for name in names:
            _, prepare, in_its_bins = PEERS[name]
            calls.append(prepare(samples, units))
            if not np.array_equal(calls[-1](), in_its_bins(samples, units)):
                wrong.add(name)
        for own, seconds in zip(times.values(), fastest(calls, repeats), strict=True):
            own.append(seconds)
    return times, wrong


def spread(values, unit=""):
    return f"{median(values):7.2f}{unit} ({min(values):.2f} … {max(values):.2f})"


def report(times, wrong):
    print(f"  {'ours':16} {spread([1e3 * t for t in times['ours']], ' ms')}")
    for name in times:
        if name != "ours":
            ratio = [b / a for a, b in zip(times["ours"], times[name], strict=True)]
            verdict = "counts DIFFER" if name in wrong else "same counts"
            own = spread([1e3 * t for t in times[name]], " ms")
            print(f"  {name:16} {own}, ratio {spread(ratio)}, {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two seeds of smaller problems")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore")  # of the peers, about each other's versions
    names, failed = installed(), set()
    seeds, large = (2, 100_000) if quick else (5, 1_000_000)
    density = 34_000 / 1080  # spikes per second of the course's recording
    problems = [
        (34_000, 15, 1080.0, 20),
        (large, 300, large / density, 3),
        (large, 300, large / 1e3, 3),
    ]
    for n, K, duration, repeats in problems:
        print(f"\n{n:,} spikes of {K} units in {duration:,.0f} s: median (smallest … largest) of "
              f"{seeds} seeds")  # fmt: skip
        able = [name for name in names if name != "pynapple" or K < 100]
        times, wrong = measure(able, seeds, n, K, duration, repeats)
        report(times, wrong)
        failed |= wrong
    if failed:
        sys.exit("Counts differ: the ratios mean nothing.")


if __name__ == "__main__":
    main()
