"""A tetrode that slowly moves: spikes of units whose features drift, with known truth.

After an electrode was lowered, the tissue settles: for half an hour all neurons move past the contacts
along one axis. Spike i of unit u is the filtered waveform at the place where the neuron then is, times
a factor a_i ≈ 1 (`helpers.simulate.tetrode`), plus a window cut from background: noise and
spikes of far neurons, which are no Gaussian. Spikes of two units within a millisecond overlap: they add,
and the larger one is detected. A few events are no spikes but artefacts of movement (unit 0).

Neurons come in columns along the axis and are alike but for their place: a neuron moves towards where
its neighbour was at the start, and then looks more and more as the neighbour did.

Instructors use this module: to rebuild the data that ship (`make data`) and to draw fresh sessions for
hidden checks.

Sources: Buccino and Einevoll 2021, Neuroinformatics 19:185 (drift simulated by moving neurons);
Bar-Hillel, Spiro and Stark 2006, J Neurosci Methods 157:303 (clusters that move); Shan, Lubenov and
Siapas 2017, J Neurosci Methods 288:82 (drift and heavy tails in recordings of hours).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import lfilter

from helpers.data.drifting import BLOCK, DriftingSession
from helpers.spikes import principal_axes

from .tetrode import (
    FS,
    LOCKOUT,
    MARGIN,
    REACH,
    STEP,
    TROUGH,
    WINDOW,
    Tissue,
    _band_pass,
    draw_neuron,
    rate_gain,
    spike_train,
    templates,
)

DURATION = 1800.0  # s
COLUMNS, PER_COLUMN = 4, 2  # so many columns of so many neurons
TRAVEL = 9.0  # µm that neurons move in a session, along AXIS
AXIS = np.array([0.2, 0.3, 0.93])  # about that of the wires
WANDER, MEMORY = 0.3, 200.0  # µm and s, of the movement that goes back and forth
SETTLING = 1200.0  # s, in which the movement slows down by e
GAP = 19.5  # µm between neighbours in a column
JITTER, ADAPTATION = 0.03, 0.05  # of amplitudes: see Neuron
PEAKS, RATES = (220.0, 480.0), (0.8, 1.8)  # µV and Hz, smallest and largest
ARTEFACTS = 0.003  # share of the events
ARTEFACT_SIZE = 80.0  # µV, median
N_CLOUD = 40  # neurons in the background
NOISE = 0.5  # a quiet electrode: the background relative to that of lab 02
STRETCH = 20.0  # s of background that windows are cut from
SILENCE = 300  # samples around a waveform, in which the filter dies away
PLACES, PHASES = 25, 4  # a waveform is computed at so many places, and between two samples


def displacement(duration, rng, travel=TRAVEL, step=1.0):
    """Draw how far the tissue has moved in successive steps of `step` s, µm.

    It slows down, ∝ 1 − exp(−t/SETTLING), and wanders: an Ornstein-Uhlenbeck process.

    Returns
    -------
    (ceil(duration / step) + 1,) array
        0 at the start.
    """
    t = np.arange(int(np.ceil(duration / step)) + 1) * step
    keep = np.exp(-step / MEMORY)
    drive = WANDER * np.sqrt(1 - keep**2) * rng.standard_normal(len(t))
    drive[0] = 0
    wander = lfilter([1.0], [1.0, -keep], drive)
    return travel * np.expm1(-t / SETTLING) / np.expm1(-duration / SETTLING) + wander


def draw_columns(rng, columns=COLUMNS, per_column=PER_COLUMN):
    """Draw neurons in columns along AXIS, GAP apart, alike but for place and rate."""
    n = columns * per_column
    peaks, rates = (
        rng.permutation(np.geomspace(*PEAKS, columns)),
        rng.permutation(np.geomspace(*RATES, n)),
    )
    neurons = []
    for column, peak in enumerate(peaks):
        shapes = [templates(other, 1)[0] for other in neurons]
        candidates = [draw_neuron(peak, 1.0, rng) for _ in range(40)]
        # of all places, the one whose spikes look least like those of the neurons already there
        alone = [min((_apart(c, s) for s in shapes), default=0) for c in candidates]
        first = candidates[int(np.argmax(alone))]
        for number in range(per_column):
            place = np.array(first.position) - number * GAP * AXIS / np.linalg.norm(AXIS)
            rate = rates[column * per_column + number]
            neurons.append(
                replace(
                    first, position=tuple(place), rate=rate, jitter=JITTER, adaptation=ADAPTATION
                )
            )
    return neurons


def _apart(neuron, shape):
    return np.linalg.norm(templates(neuron, 1)[0] - shape)


def simulate_drifting_session(random_seed=0, duration=DURATION, travel=TRAVEL, columns=COLUMNS):
    """Simulate a session of an electrode that moves.

    Parameters
    ----------
    random_seed : int
    duration : float
        s.
    travel : float
        µm that the tissue moves in all.
    columns : int
        Columns of neurons: there are twice as many units.

    Returns
    -------
    DriftingSession
    """
    rng = np.random.default_rng(random_seed)
    moved = displacement(duration, rng, travel)
    neurons = draw_columns(rng, columns)
    gain = rate_gain(duration, rng)
    trains = [spike_train(neuron, duration, rng, gain) for neuron in neurons]
    places = np.linspace(moved.min(), moved.max(), PLACES)
    shapes = np.array([_moving_templates(neuron, places) for neuron in neurons])

    times = np.concatenate([t for t, _ in trains])
    order = np.argsort(times, kind="stable")
    times, factors = times[order], np.concatenate([a for _, a in trains])[order]
    units = np.repeat(np.arange(len(neurons)), [len(t) for t, _ in trains])[order]
    spikes = _Spikes(times, factors, units, np.interp(times, np.arange(len(moved)), moved))
    clean, kept = _overlapping(spikes, shapes, places)

    n_artefacts = round(ARTEFACTS / (1 - ARTEFACTS) * kept.sum())
    waveforms = np.concatenate([clean[kept], _artefacts(n_artefacts, rng)])
    waveforms += _background(len(waveforms), rng)
    times = np.concatenate([times[kept], rng.uniform(0, duration, n_artefacts)])
    units = np.concatenate([units[kept] + 1, np.zeros(n_artefacts, int)])
    order = np.argsort(times, kind="stable")
    waveforms = np.round(waveforms / STEP)[order] * STEP
    means, axes = principal_axes(waveforms)
    typical = np.array([np.mean(a) for _, a in trains])
    seconds = np.arange(len(moved) - 1) + 0.5
    moved = np.interp(seconds, np.arange(len(moved)), moved)
    blocks = (seconds // BLOCK).astype(int)
    moved = np.bincount(blocks, moved) / np.bincount(blocks)
    tracks = [
        _features(a * _between(shape.mean(axis=1), places, moved), means, axes)
        for a, shape in zip(typical, shapes, strict=True)
    ]
    return DriftingSession(
        source=f"simulated drifting session, seed {random_seed}",
        features=_features(waveforms, means, axes),
        t=np.round(times[order], 4),
        units=units[order],
        tracks=np.array(tracks),
        duration=float(duration),
        displacement=np.round(moved, 3),
    )


@dataclass
class _Spikes:
    """All spikes of all units in the order of time: s, relative amplitude, unit from 0, µm moved."""

    times: np.ndarray
    factors: np.ndarray
    units: np.ndarray
    moved: np.ndarray


def _moving_templates(neuron, places):
    """Return the filtered spike of a neuron moved along AXIS (places, phases, sum(REACH), 4), µV."""
    axis = AXIS / np.linalg.norm(AXIS)
    moved = [tuple(np.array(neuron.position) + place * axis) for place in places]
    raw = np.array([templates(replace(neuron, position=there), PHASES) for there in moved])
    raw = np.pad(raw, ((0, 0), (0, 0), (SILENCE, SILENCE), (0, 0)))
    # time first, all else as channels: one call of the filter
    y = _band_pass(np.moveaxis(raw, 2, 0).reshape(raw.shape[2], -1))
    y = y[SILENCE:-SILENCE].reshape(-1, *raw.shape[:2], raw.shape[3])
    return np.moveaxis(y, 0, 2)


def _between(shape, places, moved):
    """Interpolate shape (places, …) linearly at the displacements moved (n,): (n, window, 4)."""
    low = np.clip(np.searchsorted(places, moved) - 1, 0, len(places) - 2)
    share = ((moved - places[low]) / (places[low + 1] - places[low]))[:, None, None]
    start = REACH[0] - TROUGH
    shape = shape[:, start : start + WINDOW]
    return (1 - share) * shape[low] + share * shape[low + 1]


def _overlapping(spikes, shapes, places):
    """Return the waveforms without noise (n, 30, 4), µV, and which spikes are detected (n,).

    A spike within the lockout of a larger one is not.
    """
    sample, phase = np.divmod(np.round(spikes.times * FS * PHASES).astype(np.int64), PHASES)
    place = np.abs(spikes.moved[:, None] - places).argmin(axis=1)
    waveforms = np.empty((len(sample), WINDOW, shapes.shape[-1]))
    for k in range(len(shapes)):
        for j in range(PHASES):
            mine = np.flatnonzero((spikes.units == k) & (phase == j))
            waveforms[mine] = _between(shapes[k, :, j], places, spikes.moved[mine])
    waveforms *= spikes.factors[:, None, None]
    depth, kept = -waveforms.min(axis=(1, 2)), np.ones(len(sample), bool)
    lockout, start = round(LOCKOUT * FS / 1000), REACH[0] - TROUGH
    for i, j in _neighbours(sample, WINDOW):
        apart = sample[j] - sample[i]
        for a, b, lag in ((i, j, apart), (j, i, -apart)):
            shape = shapes[spikes.units[b], place[b], phase[b]]
            low = start - lag
            part = shape[max(low, 0) : low + WINDOW]
            waveforms[a, WINDOW - len(part) :] += spikes.factors[b] * part
        if apart <= lockout:
            kept[i if depth[i] < depth[j] else j] = False
    return waveforms, kept


def _neighbours(sample, reach):
    """Yield the pairs i < j of ascending samples that are at most `reach` apart."""
    shift = 1
    while len(near := np.flatnonzero(sample[shift:] - sample[:-shift] <= reach)):
        yield from ((i, i + shift) for i in near)
        shift += 1


def _artefacts(n, rng):
    """Draw windows of a wave that all contacts see alike, as when a wire is touched: (n, 30, 4), µV."""
    t = np.arange(WINDOW) / FS
    frequency, phase = rng.uniform(500, 2500, n), rng.uniform(0, 2 * np.pi, n)
    size = rng.lognormal(np.log(ARTEFACT_SIZE), 0.5, n)
    wave = size[:, None] * np.sin(2 * np.pi * frequency[:, None] * t + phase[:, None])
    return wave[:, :, None] * rng.uniform(0.7, 1.3, (n, 1, 4))


def _background(n, rng):
    """Cut n windows (n, 30, 4) from a stretch without units: noise and the cloud, filtered, µV."""
    tissue = Tissue(STRETCH, int(rng.integers(2**31)), n_units=0, n_cloud=N_CLOUD)
    y = _band_pass(tissue.voltage(0.0, STRETCH, MARGIN) * STEP)
    edge = round(MARGIN * FS)
    starts = rng.integers(edge, len(y) - edge - WINDOW, n)
    return NOISE * y[starts[:, None] + np.arange(WINDOW)]


def _features(w, means, axes):
    """Return the components of waveforms (n, 30, 4) along given axes: (n, 12), in steps of 1/64 µV."""
    scores = [(w[:, :, c] - means[c]) @ axes[c].T for c in range(len(axes))]
    # coarse steps: the last digits of a matrix product differ between machines
    return np.round(np.hstack(scores) * 64) / 64
