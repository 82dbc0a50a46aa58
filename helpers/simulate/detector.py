"""What a simple detector finds on single channels: waveforms of neurons and of background, truth known.

The voltage on one channel (µV, 30 kHz) is a sum of coloured noise, slow field potential, hum, the
small spikes of many far neurons (the *cloud*), and the spikes of one to three near ones. It is
filtered (300–8,000 Hz, 50 Hz notch). Where it falls below an adaptive threshold, 42 samples are cut
out, 12 of them before the crossing. Such a waveform is a neuron's if the trough of a near neuron's
spike lies close to the crossing, and *background* otherwise: noise, or the cloud.

The threshold follows the noise second by second,

    σ_k = median|x| / .6745 in second k,   s_k = .8 s_{k−1} + .2 σ_k,   threshold_k = −3 s_k,

and a crossing less than 1 ms after the last one that counted does not count (refractory period).

Five channels differ in noise and neurons. How many waveforms of either kind there are is as in the
published project whose files load in place of these: 5 : 1 in training, 38 : 1 in test.

Instructors use this module: to rebuild the data that ship (`make data`) and to draw fresh ones for
hidden checks.

Sources: Quian Quiroga, Nadasdy and Ben-Shaul 2004, Neural Comput 16:1661 (σ from the median);
Martinez, Pedreira, Ison and Quian Quiroga 2009, J Neurosci Methods 184:285 (noise made of spikes);
github.com/henryxcham/spike_detection_classification (band, window, numbers of waveforms).
"""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from helpers.data.detector import BEFORE, FS, N_SAMPLES, DetectorWaveforms

from .tetrode import (
    PHASES,
    REACH,
    add_spikes,
    background_spectrum,
    coloured_noise,
    hum,
    renewal_train,
    slow_spectrum,
    waveform,
)

STEP = 0.195  # µV, of the 16-bit converter
BAND = (300.0, 8000.0)  # Hz
THRESHOLD, SMOOTHING = 3.0, 0.2  # standard deviations, and the weight of a new second
REFRACTORY = 30  # samples, 1 ms
NEAR = (-6, 16)  # samples from a crossing to the trough of the spike that made it
CLOUD = (30, 2.0, 10.0)  # far neurons: how many, Hz each, µV of the smallest
WIDER = 1.8  # far neurons' spikes are so much wider, because tissue takes away what is fast


@dataclass(frozen=True)
class Cell:
    """A near neuron: trough (µV), width w and delay d (ms) and ρ of its waveform, share of the spikes."""

    peak: float
    width: float
    delay: float
    repolarisation: float = 0.32
    share: float = 1.0


@dataclass(frozen=True)
class Channel:
    """A channel: its noise, its neurons, and how many waveforms are kept.

    The noise is 1 as on the tetrode of lab 02; `cloud` is the largest trough of a far neuron (µV).
    """

    noise: float
    cloud: float
    cells: tuple
    n_background: int
    n_neuron: int


CHANNELS = (
    Channel(
        0.34, 60, (Cell(105, 0.13, 0.46, 0.34, 0.6), Cell(66, 0.105, 0.33, 0.4, 0.4)), 4600, 1100
    ),
    Channel(0.28, 50, (Cell(82, 0.15, 0.52), Cell(58, 0.11, 0.36, 0.38, 0.7)), 4100, 760),
    Channel(0.38, 66, (Cell(120, 0.12, 0.4, 0.36), Cell(78, 0.145, 0.5, 0.3, 0.6)), 4262, 631),
    Channel(0.31, 60, (Cell(92, 0.14, 0.48), Cell(62, 0.115, 0.38, 0.36, 0.5)), 6835, 819),
    Channel(0.29, 72, (Cell(86, 0.125, 0.43, 0.33),), 4073, 108),
)
BACKGROUND_RATE = 60.0  # Hz, of crossings that are no neuron's, at least
# The stretch of voltage that ships: s, Hz of its neurons, and how much louder its noise becomes.
STRETCH, STRETCH_RATES, LOUDER = 12.0, (7.0, 5.0), 0.6
# Drawn by hand around the larger waveforms of that stretch, in the plane of its first two components.
BOUNDARY = (
    (112, -5), (130, 40), (230, 135), (310, 110), (320, -95), (200, -130), (100, -140), (0, -128),
    (-5, -88), (25, -68), (80, -42),
)  # fmt: skip


def filter_channel(x, fs=FS):
    """Band-pass 300–8,000 Hz, then a 50 Hz notch, both without phase shift; x (n,)."""
    sos = signal.butter(3, BAND, "bandpass", fs=fs, output="sos")
    notch = signal.tf2sos(*signal.iirnotch(50.0, 30.0, fs))
    return signal.sosfiltfilt(notch, signal.sosfiltfilt(sos, x))


def adaptive_threshold(y, fs=FS):
    """Return the threshold (n,), µV below zero, of a filtered signal: constant in each second."""
    second = round(fs)
    sigma = [np.median(np.abs(y[i : i + second])) / 0.6745 for i in range(0, len(y), second)]
    level, smooth = sigma[0], []
    for value in sigma:
        level = (1 - SMOOTHING) * level + SMOOTHING * value
        smooth.append(level)
    return -THRESHOLD * np.repeat(smooth, second)[: len(y)]


def find_crossings(y, threshold, refractory=REFRACTORY):
    """Return samples (m,) where y falls below its threshold, at least `refractory` samples apart."""
    below = y < threshold
    kept, last = [], -refractory
    for i in np.flatnonzero(below[1:] & ~below[:-1]) + 1:
        if i - last >= refractory:
            kept.append(i)
            last = i
    return np.array(kept, dtype=np.int64)


def cut_out(y, s):
    """Return waveforms (m, 42) around crossings whose windows fit into y, and these crossings."""
    s = s[(s >= BEFORE) & (s <= len(y) - N_SAMPLES + BEFORE)]
    return y[s[:, None] + np.arange(-BEFORE, N_SAMPLES - BEFORE)], s


def voltage(channel, duration, rates, rng, louder=0.0):
    """Draw the raw voltage (n,), µV, of a channel whose neurons fire at given rates (Hz).

    In the middle third of the time the noise grows by the part `louder`, and stays so.

    Returns
    -------
    x : (n,) array
    times, units : (m,) arrays
        The near neurons' spikes: s, ascending, and 1, 2 … in the order of `channel.cells`.
    """
    n = round(duration * FS)
    growth = 1 + louder * np.clip(3 * np.arange(n) / n - 1, 0, 1)
    x = channel.noise * growth[:, None] * coloured_noise(n, background_spectrum, rng)
    x += 0.4 * coloured_noise(n, slow_spectrum, rng) + 0.6 * hum(n)[:, :1]
    n_cloud, rate, smallest = CLOUD
    for peak in rng.uniform(smallest, channel.cloud, n_cloud):
        cell = Cell(peak, WIDER * rng.uniform(0.1, 0.15), WIDER * rng.uniform(0.35, 0.5))
        times = renewal_train(duration, rate, rng)
        add_spikes(x, times, np.ones(len(times)), _shape(cell))
    trains = [renewal_train(duration, rate, rng, 0.003, 1.5) for rate in rates]
    for cell, times in zip(channel.cells, trains, strict=True):
        factors = np.maximum(1 + 0.09 * rng.standard_normal(len(times)), 0.3)
        add_spikes(x, times, factors, _shape(cell))
    times = np.concatenate(trains)
    order = np.argsort(times)
    units = np.repeat(np.arange(1, len(trains) + 1), [len(t) for t in trains])
    return x[:, 0], times[order], units[order]


def _shape(cell):
    """The spike as `add_spikes` takes it: (phases, samples, 1), µV."""
    sample = np.arange(sum(REACH)) - REACH[0]
    t = (sample - np.arange(PHASES)[:, None] / PHASES) * 1000 / FS
    return cell.peak * waveform(t, cell.width, cell.repolarisation, cell.delay)[:, :, None]


def label(s, times, units):
    """Return the unit (m,) behind each crossing: 0 for background."""
    trough = np.round(times * FS).astype(np.int64)
    found = np.zeros(len(s), dtype=np.int64)
    if not len(trough):
        return found
    # the first trough that is not too early for a crossing
    i = np.minimum(np.searchsorted(trough, s + NEAR[0]), len(trough) - 1)
    distance = trough[i] - s
    hit = (distance >= NEAR[0]) & (distance <= NEAR[1])
    found[hit] = units[i[hit]]
    return found


def simulate_channel(channel, rng):
    """Simulate until there are enough waveforms: (m, 42) µV, ascending in time, and units (m,)."""
    duration = 1.25 * channel.n_background / BACKGROUND_RATE
    shares = np.array([cell.share for cell in channel.cells])
    while True:
        rates = 1.25 * channel.n_neuron / duration * shares / shares.sum()
        x, times, units = voltage(channel, duration, rates, rng)
        y = filter_channel(np.round(x / STEP) * STEP)
        w, s = cut_out(y, find_crossings(y, adaptive_threshold(y)))
        unit = label(s, times, units)
        groups = np.flatnonzero(unit == 0), np.flatnonzero(unit)
        wanted = channel.n_background, channel.n_neuron
        if all(len(g) >= n for g, n in zip(groups, wanted, strict=True)):
            break
        duration *= 1.3
    kept = np.sort(
        np.concatenate(
            [rng.choice(g, n, replace=False) for g, n in zip(groups, wanted, strict=True)]
        )
    )
    return w[kept], unit[kept]


def simulate_detector_waveforms(random_seed=0, channels=CHANNELS):
    """Simulate the waveforms of all channels, with truth: the last is for testing, the one before validates.

    Returns
    -------
    DetectorWaveforms
        Without a raw voltage.
    """
    rng = np.random.default_rng(random_seed)
    parts = [simulate_channel(channel, rng) for channel in channels]
    unit = np.concatenate([unit for _, unit in parts])
    numbers = np.arange(1, len(channels) + 1)
    return DetectorWaveforms(
        source=f"simulated detector, seed {random_seed}",
        waveforms=np.concatenate([w for w, _ in parts]).astype(np.float32),
        labels=(unit > 0).astype(np.int64),
        channels=np.repeat(numbers, [len(w) for w, _ in parts]),
        split={
            "train": tuple(numbers[:-2].tolist()),
            "validation": (int(numbers[-2]),),
            "test": (int(numbers[-1]),),
        },
        units=unit,
    )


def simulate_stretch(random_seed=0):
    """Return a stretch of raw voltage (n,), µV, and its neurons' spikes: samples and units (m,)."""
    rng = np.random.default_rng([random_seed, 1])
    x, times, units = voltage(CHANNELS[0], STRETCH, STRETCH_RATES, rng, LOUDER)
    return x, np.round(times * FS).astype(np.int64), units
