"""A recording on many contacts whose spikes often overlap, with known truth.

The voltage is a sum over neurons k and their spikes i, plus white noise,

    X[n, t] = Σ_k Σ_i f_ki · A_k W_k[n, t − t_ki + TROUGH] + NOISE · ε[n, t],

where W_k is what one spike of neuron k looks like: the waveform of `helpers.simulate.tetrode`, smaller
with the distance to a contact and later with the distance along the probe. Each neuron fires with a
refractory period longer than its template, so it never overlaps with itself; different neurons know
nothing of each other. Spikes lie on samples.

Instructors use this module: to rebuild the data that ship (`make data`) and to draw fresh ones.

Sources: Gold, Henze, Koch and Buzsáki 2006, J Neurophysiol 95:3113 (waveforms); Jia et al. 2019,
J Neurophysiol 121:1831 (spikes travel along the probe); Pillow, Shlens, Chichilnisky and Simoncelli
2013, PLoS ONE 8:e62123 (the sum of overlapping spikes).
"""

import numpy as np

from helpers.data.overlapping import OverlappingRecording

from .tetrode import renewal_train, waveform

FS = 20_000.0  # Hz
STEP = 0.195  # µV, of the 16-bit converter
NOISE = 8.0  # µV, standard deviation on each contact
PITCH, COLUMN = 20.0, 22.0  # µm: between rows and columns of contacts
WIDTH, TROUGH = 40, 12  # samples of a template, and where in it the trough lies
FALL_OFF = 24.0  # µm, in which a spike becomes e times smaller
SPEED = 400.0  # µm/ms, along the probe
LARGEST = (
    7.0,
    14.0,
)  # troughs on the best contact, smallest and largest neuron; in units of the noise
RATES = (20.0, 36.0)  # Hz
REFRACTORY = 0.003  # s, longer than a template
JITTER = 0.08  # standard deviation of the spikes' sizes, relative
EDGE = 60  # samples without spikes at both ends


def contacts(n_channels):
    """Return the places of the contacts, µm, (n_channels, 2): two columns, row after row."""
    number = np.arange(n_channels)
    return np.stack([number % 2 * COLUMN, number // 2 * PITCH], axis=1)


def template(position, width, repolarisation, delay, places):
    """Return what a spike looks like on all contacts, (n_channels, WIDTH), −1 at its largest trough.

    Parameters
    ----------
    position : (3,) sequence
        Across the probe, along it, and away from it, µm.
    width, repolarisation, delay : float
        Of the waveform; ms, relative, ms.
    places : (n_channels, 2) array
        The contacts, µm.
    """
    across, along = (places - np.asarray(position)[:2]).T
    share = np.exp(-np.sqrt(across**2 + along**2 + position[2] ** 2) / FALL_OFF)
    best = np.argmax(share)
    late = (np.abs(along) - np.abs(along[best])) / SPEED
    t = (np.arange(WIDTH) - TROUGH) * 1000 / FS - late[:, None]
    ends = np.minimum(1, np.minimum(np.arange(WIDTH), np.arange(WIDTH)[::-1]) / 4)  # 0 at both
    W = share[:, None] / share[best] * waveform(t, width, repolarisation, delay) * ends
    return W / -W.min()


def simulate_overlapping(random_seed=0, duration=3.0, n_channels=32, n_neurons=10):
    """Simulate a recording in which spikes often overlap, with known truth.

    Parameters
    ----------
    random_seed : int
    duration : float
        s.
    n_channels : int
        An even number of contacts, in two columns.
    n_neurons : int

    Returns
    -------
    OverlappingRecording
    """
    rng = np.random.default_rng(random_seed)
    places = contacts(n_channels)
    n_samples = round(duration * FS)
    x = NOISE * rng.standard_normal((n_channels, n_samples))
    along = (np.arange(n_neurons) + rng.uniform(0.3, 0.7, n_neurons)) / n_neurons
    sizes = rng.permutation(np.geomspace(*LARGEST, n_neurons)) * NOISE
    templates, spikes = [], []
    for k in range(n_neurons):
        position = (
            rng.uniform(-5, COLUMN + 5),
            along[k] * np.ptp(places[:, 1]),
            rng.uniform(8, 18),
        )
        shape = rng.uniform(0.07, 0.15), rng.uniform(0.15, 0.45), rng.uniform(0.3, 0.5)
        templates.append(np.round(sizes[k] * template(position, *shape, places), 2))
        times = renewal_train(duration, rng.uniform(*RATES), rng, REFRACTORY)
        sample = np.round(times * FS).astype(int)
        sample = sample[(sample >= EDGE) & (sample < n_samples - EDGE)]
        factor = np.round(1 + JITTER * np.clip(rng.standard_normal(len(sample)), -2, 2), 3)
        for t, f in zip(sample - TROUGH, factor, strict=True):
            x[:, t : t + WIDTH] += f * templates[k]
        spikes += zip(sample, [k] * len(sample), factor, strict=True)
    times, units, factors = zip(*sorted(spikes), strict=True)
    return OverlappingRecording(
        source=f"simulated recording with overlapping spikes, seed {random_seed}",
        fs=FS,
        x=np.round(x / STEP) * STEP,
        positions=places,
        true_times=np.array(times),
        true_units=np.array(units),
        true_factors=np.array(factors),
        true_templates=np.array(templates),
        trough=TROUGH,
    )
