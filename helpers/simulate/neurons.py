"""Sixty V1-like neurons drawn from a seed, and a session in which they see scenes.

The rates are those of helpers.data.neurons. In a session every image–trial pair is one presentation,
all in random order. The count of neuron i in presentation t is drawn from

    n_it ~ Poisson(r_i(x_t) · g_i(t) · ξ_it),   ξ ~ Gamma with mean 1

g is a gain that drifts slowly and is partly shared by all neurons, ξ the variability from trial to
trial beyond Poisson's. Some trials are lost for all neurons, and some neurons are lost for a while.

Sources: Goris, Movshon and Simoncelli 2014, Nat Neurosci 17:858 (gain: counts vary more than
Poisson's); Lin, Okun, Carandini and Harris 2015, Neuron 87:644 (shared gain); Walker et al. 2019,
Nat Neurosci 22:2060 (the experiment: which images, how often, how reliable).
"""

import numpy as np

from helpers.data.neurons import SHAPE, TrueNeurons

# parts of the population: kind and how many of 60
PARTS = {"simple": 15, "centre-surround": 8, "complex": 13, "normalised": 13, "untuned": 11}
ORIENTATIONS = np.arange(0, 180, 22.5)  # degrees
WAVELENGTHS = (12.0, 15.0, 18.0)  # px
BEND = (1.0, 1.4)  # curvature × extent along the bars
# spikes per image and unit of drive: the smallest and the largest
GAIN = {
    "simple": (0.35, 5),
    "centre-surround": (0.35, 5),
    "complex": (0.3, 4),
    "normalised": (0.18, 2.5),
    "untuned": (1, 1),
}
MARGIN = 18.0  # px between a centre and the border: a whole receptive field fits
LOST = 0.004  # part of the presentations that are lost for all neurons
GONE = 0.1  # part of the neurons that are lost for a stretch of the session
ABSENCE = 0.06  # how long that stretch is, part of the session
DRIFT, DRIFTS = 0.25, 8  # standard deviation of the gain's logarithm; cosines it is made of
VARIABILITY = (0.15, 1.2)  # variance of ξ, of the steadiest and of the most variable neuron
MISSING = 255  # in the files, where a count is missing


def simulate_neurons(random_seed=0, n_neurons=60):
    """Draw neurons of all kinds, at known places; the parts of the kinds are those of the session.

    Parameters
    ----------
    random_seed, n_neurons : int

    Returns
    -------
    TrueNeurons
    """
    rng = np.random.default_rng(random_seed)
    kinds = np.repeat(list(PARTS), list(PARTS.values()))
    kinds = kinds[
        np.arange(n_neurons) * len(kinds) // n_neurons
    ]  # spread evenly, whatever the number
    return TrueNeurons([_draw(str(kind), rng) for kind in rng.permutation(kinds)])


def _draw(kind, rng):
    """Draw one neuron's parameters."""
    entry = {
        "kind": kind,
        "centre": [
            round(rng.uniform(MARGIN, SHAPE[0] - 1 - MARGIN), 1),
            round(rng.uniform(MARGIN, SHAPE[1] - 1 - MARGIN), 1),
        ],
        "base": round(rng.uniform(0.1, 0.5), 2),
        "gain": _between(rng, *GAIN[kind]),
    }
    if kind == "untuned":
        entry |= {"base": _between(rng, 0.5, 5), "gain": 0.0}
    elif kind == "centre-surround":
        size = round(rng.uniform(2.5, 4.0), 1)
        entry |= {"centre_size": size, "surround_size": 2 * size, "threshold": _threshold(rng)}
        entry["sign"] = int(rng.choice([1, -1], p=[0.4, 0.6]))
    else:
        entry |= _wave(kind, rng)
    return entry


def _wave(kind, rng):
    """Draw a filter made of waves: straight in simple cells, bent in the others."""
    wavelength = float(rng.choice(WAVELENGTHS))
    entry = {
        "orientation": float(rng.choice(ORIENTATIONS)),
        "wavelength": wavelength,
        "across": round(min(0.36 * wavelength, 5.5) * rng.uniform(0.9, 1.1), 1),
        "along": round(0.42 * wavelength * rng.uniform(0.9, 1.1), 1),
        "curvature": 0.0,
        "phase": 0.0,
    }
    if kind == "simple":
        return entry | {"phase": float(rng.choice(8) * 45), "threshold": _threshold(rng)}
    bend = rng.uniform(*BEND) * rng.choice([-1, 1])
    entry["along"] = round(min(0.6 * wavelength, 8.0) * rng.uniform(0.9, 1.1), 1)
    entry["curvature"] = round(bend / entry["along"], 3)
    if kind == "normalised":
        entry |= {
            "semi_saturation": round(rng.uniform(0.6, 1.2), 2),
            "pool_size": round(1.3 * entry["along"], 1),
        }
    return entry


def _between(rng, low, high):
    """Draw a number whose logarithm is uniform."""
    return round(float(np.exp(rng.uniform(np.log(low), np.log(high)))), 2)


def _threshold(rng):
    return round(rng.uniform(0.0, 0.8), 2)


def simulate_responses(neurons, repeated, single, random_seed=0, n_repeats=50, n_shows=2):
    """Show scenes to neurons and count their spikes, with noise, drift and missing trials.

    Parameters
    ----------
    neurons : TrueNeurons
    repeated, single : (n, 60, 96) uint8 arrays
        Scenes shown `n_repeats` and `n_shows` times.
    random_seed, n_repeats, n_shows : int

    Returns
    -------
    repeated_counts, single_counts : (n, n_repeats or n_shows, n_neurons) uint8 arrays
        Trials of a scene in the order of time; 255 where a count is missing.
    """
    rng = np.random.default_rng([random_seed, 1])
    parts = ((repeated, n_repeats), (single, n_shows))
    sizes = [len(scenes) * shows for scenes, shows in parts]
    times = np.split(rng.permutation(sum(sizes)), sizes[:1])
    gain = slow_gain(sum(sizes), len(neurons), rng)
    missing = _missing(sum(sizes), len(neurons), rng)
    spread = np.exp(rng.uniform(*np.log(VARIABILITY), len(neurons)))
    counts = []
    for (scenes, shows), when in zip(parts, times, strict=True):
        when = np.sort(when.reshape(len(scenes), shows), axis=1)
        expected = neurons.respond(scenes / 255)[:, None] * gain[when]
        shape = np.broadcast_to(1 / spread, expected.shape)
        drawn = rng.poisson(expected * rng.gamma(shape) * spread)
        counts.append(np.where(missing[when], MISSING, np.minimum(drawn, MISSING - 1)))
    return tuple(part.astype(np.uint8) for part in counts)


def slow_gain(n_trials, n_neurons, rng):
    """Draw gains (n_trials, n_neurons) with mean about 1 that drift slowly, half of it shared."""
    phase, t = rng.uniform(0, 1, (DRIFTS, 1 + n_neurons)), np.arange(n_trials)[:, None] / n_trials
    waves = sum(np.cos(2 * np.pi * ((k + 0.5) * t + phase[k])) for k in range(DRIFTS))
    waves /= np.sqrt(DRIFTS / 2)
    drift = (waves[:, :1] + waves[:, 1:]) / np.sqrt(2)
    return np.exp(DRIFT * drift - DRIFT**2 / 2)


def _missing(n_trials, n_neurons, rng):
    """Where a count is missing, (n_trials, n_neurons): trials that were lost, neurons out of sight."""
    missing = np.repeat(rng.random(n_trials)[:, None] < LOST, n_neurons, axis=1)
    for neuron in np.flatnonzero(rng.random(n_neurons) < GONE):
        start = round(rng.uniform(0, 1 - ABSENCE) * n_trials)
        missing[start : start + round(ABSENCE * n_trials), neuron] = True
    return missing
