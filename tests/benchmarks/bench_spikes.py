"""Detection of helpers.spikes against SpikeInterface: ten minutes of four channels, from int16.

    python tests/benchmarks/bench_spikes.py            five seeds, about two minutes
    python tests/benchmarks/bench_spikes.py --quick    two seeds of two minutes

SpikeInterface is no part of the course. Install it into an environment of its own and run the
script with its interpreter; without it only our times are printed:

    python3.11 -m venv peers && peers/bin/pip install spikeinterface numba scipy threadpoolctl

Every seed simulates a minute and repeats it. Both sides filter (500 – 4000 Hz, order 3, zero phase,
single precision), measure the noise on stretches of the recording and detect below −5 σ with 1 ms
between spikes, in chunks of 1 s, with one thread. Ours also cuts out the waveforms; SpikeInterface
(`locally_exclusive`, all channels neighbours: one spike counts once; `by_channel` for comparison,
where it does not) stops after detection. Ratios of CPU time are SpikeInterface / ours, the fastest
of three alternating calls each: above 1 is faster here. Beside them stands how many of the spikes
of either side the other has within .2 ms, given the same threshold; the rest are spikes in quick
succession, where the rules differ. Memory is the largest allocation above the recording.
"""

import argparse
import contextlib
import os
import sys
import time
import tracemalloc
import warnings
from pathlib import Path
from statistics import median

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"  # has to stand before numpy is imported
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np  # noqa: E402

from helpers.simulate.tetrode import FS, STEP, simulate_recording  # noqa: E402
from helpers.spikes import match_spikes, stream_spikes  # noqa: E402

AGREEMENT = 0.97
LIMIT = 100  # MiB, ours


def ours(x, thrd=None):
    def call():
        return np.concatenate([s for s, _ in stream_spikes(x, FS, scale=STEP, thrd=thrd)])

    return call


def spikeinterface(x, method):
    from probeinterface import generate_tetrode
    from spikeinterface.core import NumpyRecording, get_noise_levels
    from spikeinterface.preprocessing import bandpass_filter
    from spikeinterface.sortingcomponents.peak_detection import detect_peaks

    probe = generate_tetrode()
    probe.set_device_channel_indices(range(x.shape[1]))
    recording = NumpyRecording([x], FS)
    recording = recording.set_probe(probe) or recording
    band = {"freq_min": 500.0, "freq_max": 4000.0, "filter_order": 3, "margin_ms": 15.0}
    chunks = {"n_jobs": 1, "chunk_duration": "1s", "progress_bar": False}
    neighbours = {"radius_um": 1000.0} if method == "locally_exclusive" else {}

    def call():
        filtered = bandpass_filter(recording, dtype="float32", **band)
        noise = get_noise_levels(filtered, return_in_uV=False, progress_bar=False)
        rules = {"peak_sign": "neg", "detect_threshold": 5, "exclude_sweep_ms": 1.0}
        rules |= {"noise_levels": noise, **neighbours}
        peaks = detect_peaks(filtered, method=method, method_kwargs=rules, job_kwargs=chunks)
        return np.sort(peaks["sample_index"]), -5 * STEP * noise

    return call


def fastest(calls, repeats=3):
    """Return the smallest CPU time (s) of each call, and what it found; the calls take turns."""
    times, found = [[] for _ in calls], [None] * len(calls)
    for _ in range(repeats):
        for i, call in enumerate(calls):
            start = time.process_time()
            found[i] = call()
            times[i].append(time.process_time() - start)
    return [min(own) for own in times], found


def allocated(call):
    """Return the largest allocation during a call, MiB."""
    tracemalloc.start()
    call()
    used = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return used


class Repeated:
    """A recording of any length that repeats a short one and takes no memory."""

    def __init__(self, x, n):
        self.x, self.shape = x, (n, x.shape[1])

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        return self.x.take(np.arange(*rows.indices(len(self))), axis=0, mode="wrap")


def spread(values, unit=""):
    return f"{median(values):5.2f}{unit} ({min(values):.2f} … {max(values):.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two seeds of two minutes")
    seeds, minutes = (2, 2) if parser.parse_args().quick else (5, 10)
    warnings.simplefilter("ignore")  # of the peer, about its own parts
    methods = ["locally_exclusive", "by_channel"]
    try:
        import numba  # noqa: F401
        import spikeinterface as peer

        print(f"SpikeInterface {peer.__version__}, {seeds} seeds of {minutes} minutes")
    except ModuleNotFoundError:
        print("SpikeInterface or numba is not installed: only our own times follow.")
        methods = []
    times, shared = [], []
    for seed in range(seeds):
        x = np.tile(simulate_recording(60.0, seed, n_units=13, n_cloud=120).x, (minutes, 1))
        calls = [ours(x), *(spikeinterface(x, method) for method in methods)]
        # SpikeInterface prints bars of progress, whatever it is told
        with open(os.devnull, "w") as void, contextlib.redirect_stderr(void):
            for call in calls[1:] if not seed else ():
                call()  # numba compiles at the first call
            seconds, found = fastest(calls)
        times.append(seconds)
        if methods:
            theirs, thrd = found[1]
            mine = ours(x, thrd)()  # both measure the noise on other stretches: take one of them
            n = np.sum(match_spikes(mine, theirs, 6) >= 0)
            shared.append((n / len(mine), n / len(theirs)))
    print(f"  ours, with waveforms    {spread([row[0] for row in times], ' s')} CPU")
    for i, method in enumerate(methods, start=1):
        ratio = [row[i] / row[0] for row in times]
        print(f"  {method:22}  {spread([row[i] for row in times], ' s')}, ratio {spread(ratio)}")
    for name, part in zip(("ours", "SpikeInterface's"), zip(*shared, strict=True), strict=False):
        print(f"  of {name} spikes the other side has at least {min(part):.1%}")
    print("largest allocation beyond the recording")
    for length in (minutes, 60):
        used = allocated(ours(Repeated(x, int(length * 60 * FS))))
        print(f"  ours, {length:2} minutes       {used:6.1f} MiB")
        if used > LIMIT:
            sys.exit(f"More than {LIMIT} MiB.")
    for method, call in zip(methods, calls[1:], strict=True):
        with open(os.devnull, "w") as void, contextlib.redirect_stderr(void):
            used = allocated(call)
        print(f"  {method:17}     {used:6.1f} MiB, {minutes} minutes")
    if shared and min(map(min, shared)) < AGREEMENT:
        sys.exit("The two sides found different spikes: the ratios mean nothing.")


if __name__ == "__main__":
    main()
