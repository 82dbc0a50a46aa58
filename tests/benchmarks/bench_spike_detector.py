"""Inference of the CNN of helpers.spike_detector: time for the 4,181 waveforms of the test channel.

    python tests/benchmarks/bench_spike_detector.py            nine rounds, below a minute
    python tests/benchmarks/bench_spike_detector.py --quick    three rounds

The same trained network classifies the same waveforms in several ways: the usual one (a DataLoader
with batches of 64, torch.no_grad, classes collected in a list), `predict` (chunks that stay in the
cache, inference mode), `predict` with batch normalisation folded into the convolutions, and the
NumPy form that students hold. Times are CPU seconds, one torch thread, after a warm-up, and the ways
take turns; ratios are usual / other. Beside them: all ways give the same classes. The GRU stands
there for comparison.
"""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from helpers import spike_detector as sd
from helpers.data import data_folder, load_detector_waveforms
from helpers.trained_detector import trained_classifier


def usual(model, x, y):
    """Classify as evaluation loops are usually written."""
    loader = DataLoader(TensorDataset(torch.as_tensor(x), torch.as_tensor(y)), batch_size=64)
    model.eval()
    classes = []
    with torch.no_grad():
        for inputs, _ in loader:
            _, predicted = torch.max(model(inputs), 1)
            classes.extend(predicted.cpu().numpy())
    return np.array(classes)


def cpu_seconds(work):
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three rounds")
    rounds = 3 if parser.parse_args().quick else 9
    torch.set_num_threads(1)
    os.environ.pop("LABS_DATA", None)
    data = load_detector_waveforms()
    (reference, _), (w, y) = data.part("train"), data.part("test")
    x = sd.standardise(w, reference)[:, None]
    cnn, gru = (
        sd.load_network(kind, data_folder() / sd.weights_name(kind)) for kind in ("cnn", "gru")
    )
    ways = {
        "CNN, usual loop": partial(usual, cnn, x, y),
        "CNN, predict": partial(sd.predict, cnn, x),
        "CNN, predict, folded": partial(sd.predict, sd.fold(cnn), x),
        "CNN, NumPy": partial(trained_classifier("cnn"), x[:, 0]),
        "GRU, usual loop": partial(usual, gru, x, y),
        "GRU, predict": partial(sd.predict, gru, x),
    }
    classes = {name: work() for name, work in ways.items()}  # the warm-up, too
    times = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            times[name].append(cpu_seconds(work))
    print(
        f"{len(y)} waveforms, one thread: CPU time; median (smallest … largest) ratio to the usual loop"
    )
    for name, taken in times.items():
        base = f"{name[:3]}, usual loop"
        ratios = [a / b for a, b in zip(times[base], taken, strict=True)]
        f1 = sd.macro_scores(y, classes[name])["f1"]
        print(f"  {name:21} {1000 * median(taken):7.1f} ms   ratio {median(ratios):.2f}"
              f" ({min(ratios):.2f} … {max(ratios):.2f})   macro F1 {f1:.3f}")  # fmt: skip
        apart = int(np.sum(classes[name] != classes[base]))
        if apart:
            sys.exit(f"{name} gives {apart} other classes than {base}: the ratios mean nothing.")


if __name__ == "__main__":
    main()
