"""A tetrode session with known truth: neurons, their spikes, the voltage they leave, what is detected.

The voltage on contact c (µV, four contacts, 30 kHz) is a sum, so spikes that overlap add:

    x_c(t) = Σ_i a_i · A_u φ_u,c(t − t_i) · exp(−r_u,c / λ)   spikes i of neurons u
           + background_c(t) + slow_c(t) + hum_c(t)

with φ the waveform (trough −1), r the distance from neuron to contact (µm), A the amplitude at no
distance (µV) and a_i ≈ 1 a factor that jitters from spike to spike and falls within bursts. It is
then rounded to the steps of an amplifier, as in a real recording. Most neurons of the tissue are
far away: the *cloud*. Its spikes carry the label 0, "multi-unit"; single units are 1, 2, 3 …

Every random number comes from one seed. A long session is simulated minute by minute, each minute
from its own stream, so memory stays flat and any minute can be made alone.

Instructors use this module: to rebuild the data that ship (`make data`) and to draw fresh data for
hidden checks. It filters and detects, so it never travels to students.

Sources: Gold, Henze, Koch and Buzsáki 2006, J Neurophysiol 95:3113 (currents behind the waveform);
Henze et al. 2000, J Neurophysiol 84:390 and Gray et al. 1995, J Neurosci Methods 63:43 (amplitude
and distance, tetrodes); Pettersen and Einevoll 2008, Biophys J 94:784 (spikes widen with distance);
Fee, Mitra and Kleinfeld 1996, J Neurophysiol 76:3823 (waveforms vary with the preceding interval);
Martinez, Pedreira, Ison and Quian Quiroga 2009, J Neurosci Methods 184:285 (noise made of spikes).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import fft, signal

from helpers.data import Recording, Session

FS = 30_000.0  # Hz
STEP = 0.195  # µV, of the 16-bit converter: ±6.4 mV in all
# µm: wires of a twisted tetrode end side by side, but never at one height; here the third sticks out.
CONTACTS = np.array([[0, 0, 0], [13, 3, 2], [24, 26, 18], [4, 14, -4]], float)
FALL_OFF = 32.0  # λ, µm
WIDENING = 120.0  # µm: at this distance a waveform is twice as wide
BAND = (500.0, 4000.0)  # Hz, in which spikes are detected and cut out
THRESHOLD = 5.0  # times σ
LOCKOUT = 1.0  # ms
PEAKS = (240.0, 510.0)  # µV, smallest and largest trough of a single unit on its best contact
RATES = (0.3, 6.3)  # Hz, slowest and fastest single unit
WINDOW, TROUGH = 30, 10  # samples of a waveform, and where in it the trough lies
REACH = (45, 75)  # samples before and after the trough that a simulated spike covers
PHASES = 16  # positions of a spike between two samples
MINUTE = 60.0  # s, the stretch that is simulated at once
MARGIN = 0.05  # s on both sides of a stretch, so that filters meet no edge inside it


@dataclass(frozen=True)
class Neuron:
    """What is fixed about one neuron; times in ms, distances in µm, amplitudes in µV, rates in Hz."""

    position: tuple  # (3,) µm, relative to the first contact
    amplitude: float  # A, µV at no distance
    width: float  # ms, standard deviation of the trough
    repolarisation: float  # height of the slow positive phase, relative to the trough
    delay: float  # ms from the trough to the positive phase
    rate: float  # Hz, mean over the session, all spikes of a burst counted
    regularity: (
        float  # shape of the gamma intervals: 1 as irregular as a refractory Poisson process
    )
    refractory: float = 2.0  # ms
    burst: float = 0.0  # mean number of spikes that follow the first of a burst
    adaptation: float = 0.1  # fraction of the amplitude lost with each spike
    jitter: float = 0.06  # standard deviation of a spike's amplitude, relative


# --- when neurons fire --------------------------------------------------------------------------


def rate_gain(duration, rng, sd=0.65, timescale=0.9, step=0.01):
    """Draw the slow common drive: a positive factor with mean 1 on the rate of every neuron.

    The logarithm is a stationary Ornstein-Uhlenbeck process, g(t) = exp(sd·z(t) − sd²/2), where z
    has unit variance and autocorrelation exp(−|τ|/timescale).

    Parameters
    ----------
    duration, timescale, step : float
        s; the gain is constant for one step.
    rng : numpy.random.Generator
    sd : float

    Returns
    -------
    (ceil(duration / step),) array
    """
    n = int(np.ceil(duration / step))
    keep = np.exp(-step / timescale)
    drive = rng.standard_normal(n)
    drive[1:] *= np.sqrt(1 - keep**2)  # the first value is drawn from the stationary distribution
    z = signal.lfilter([1.0], [1.0, -keep], drive)
    return np.exp(sd * z - sd**2 / 2)


def renewal_train(duration, rate, rng, refractory=0.002, regularity=1.0, gain=None, step=0.01):
    """Draw the spike times of a renewal process with a refractory period.

    Intervals are refractory + Gamma(shape=regularity), with mean 1/rate; their coefficient of
    variation is (1 − rate·refractory)/√regularity. With a gain the clock of the process runs faster
    and slower, Λ(t) = ∫ gain dt, and spikes that would then fall into the refractory period of
    another are left out.

    Parameters
    ----------
    duration, refractory : float
        s.
    rate : float
        Hz, below 1/refractory.
    rng : numpy.random.Generator
    regularity : float
        Shape of the gamma distribution; 1 is a Poisson process with dead time.
    gain : (n,) array, optional
        Rate factor in successive steps of `step` s, covering the duration.

    Returns
    -------
    (n,) array
        Ascending times in s, between 0 and duration.

    Raises
    ------
    ValueError
        If the rate cannot be reached with this refractory period.
    """
    free = 1 / rate - refractory  # mean of the random part of an interval
    if free <= 0:
        raise ValueError(f"A rate of {rate} Hz needs a refractory period below {1 / rate:.4g} s.")
    end = duration if gain is None else np.sum(gain) * step
    n = int(end * rate + 10 * np.sqrt(end * rate) + 20)
    intervals = refractory + rng.gamma(regularity, free / regularity, n)
    # The process is as good as running for ever: the first spike falls anywhere in an interval.
    times = np.cumsum(intervals) - rng.uniform(0, 1 / rate)
    times = times[(times >= 0) & (times < end)]
    if gain is not None:
        edges = np.arange(len(gain) + 1) * step
        times = np.interp(times, np.concatenate([[0], np.cumsum(gain) * step]), edges)
    return keep_apart(times[times < duration], refractory)


def keep_apart(times, refractory):
    """Leave out every spike that follows a kept one within the refractory period (all in s)."""
    times = np.sort(times)
    while True:
        late = np.flatnonzero(np.diff(times) < refractory) + 1
        # of spikes in a row only the first goes at a time: the next may then be far enough
        late = late[np.diff(late, prepend=-1) > 1]
        if not len(late):
            return times
        times = np.delete(times, late)


def burst_train(times, rng, mean_extra, pause=0.002, refractory=0.002):
    """Turn single spikes into bursts: each is followed by a random number of quick ones.

    The number is geometric with the given mean; intervals are refractory + Gamma(4, mean=pause),
    and grow by a fifth from spike to spike.

    Parameters
    ----------
    times : (n,) array
        First spikes of the bursts, s.
    rng : numpy.random.Generator
    mean_extra : float
    pause, refractory : float
        s.

    Returns
    -------
    (m,) array
        Ascending times, s, at least `refractory` apart.
    """
    if mean_extra == 0:
        return keep_apart(times, refractory)
    n_extra = rng.geometric(1 / (1 + mean_extra), len(times)) - 1
    first = np.cumsum(n_extra) - n_extra  # where in the list of extra spikes each burst starts
    number = np.arange(n_extra.sum()) - np.repeat(first, n_extra)
    wait = refractory + rng.gamma(4.0, pause / 4, n_extra.sum())
    wait *= 1.2**number
    total = np.concatenate([[0.0], np.cumsum(wait)])
    extra = np.repeat(times, n_extra) + total[1:] - np.repeat(total[first], n_extra)
    return keep_apart(np.concatenate([times, extra]), refractory)


def adapted_amplitudes(times, depth, recovery=0.02):
    """Return the relative amplitude of each spike: it falls in bursts and recovers after them.

    Each spike takes away the fraction `depth` of what is there, and the loss l decays between
    spikes: a_i = 1 − l_i, l_{i+1} = (1 − (1 − depth)·a_i)·exp(−(t_{i+1} − t_i)/recovery).

    Parameters
    ----------
    times : (n,) array
        Ascending, s.
    depth : float
        Between 0 and 1.
    recovery : float
        s.

    Returns
    -------
    (n,) array
        1 for a spike after a long pause.
    """
    amplitudes = np.ones(len(times))
    lost = 0.0
    for i, kept in enumerate(np.exp(-np.diff(times) / recovery)):
        lost = (1 - (1 - depth) * (1 - lost)) * kept
        amplitudes[i + 1] = 1 - lost
    return amplitudes


def spike_train(neuron, duration, rng, gain=None):
    """Draw a neuron's spikes: times (n,) in s, and the factor a (n,) on each one's amplitude."""
    refractory = neuron.refractory / 1000
    events = neuron.rate / (1 + neuron.burst)
    times = renewal_train(duration, events, rng, refractory, neuron.regularity, gain)
    times = burst_train(times, rng, neuron.burst, refractory=refractory)
    times = times[times < duration]
    factor = adapted_amplitudes(times, neuron.adaptation)
    return times, factor * np.maximum(1 + neuron.jitter * rng.standard_normal(len(times)), 0.2)


# --- what a spike looks like --------------------------------------------------------------------


def waveform(t, width, repolarisation, delay):
    """Return the extracellular waveform φ(t) of one spike, trough −1 at t = 0.

    Three currents leave one phase each: the capacitive current a small early peak, sodium the
    trough, potassium the slow positive phase,

        φ(t) = 0.12·G(t + 2.2 w; 0.7 w) − G(t; w) + ρ·G(t − d; d/2.2),   G(t; s) = exp(−t²/2s²).

    Parameters
    ----------
    t : array
        ms.
    width, repolarisation, delay : float or arrays that fit t
        w in ms, ρ relative to the trough, d in ms.

    Returns
    -------
    array, the shape of t
    """

    def phase(t, sd):
        return np.exp(-0.5 * (t / sd) ** 2)

    capacitive = 0.12 * phase(t + 2.2 * width, 0.7 * width)
    return capacitive - phase(t, width) + repolarisation * phase(t - delay, delay / 2.2)


def footprint(position, contacts=CONTACTS):
    """Return what is left of an amplitude on each contact, exp(−r/λ), and the distances r in µm."""
    distance = np.linalg.norm(contacts - np.asarray(position, float), axis=-1)
    return np.exp(-distance / FALL_OFF), distance


def templates(neuron, phases=PHASES):
    """Return the neuron's spike on all contacts for troughs at `phases` places between two samples.

    Far contacts see it smaller, 1 + r/WIDENING times wider, and later by a tenth of the width for
    each doubling.

    Returns
    -------
    (phases, sum(REACH), 4) array
        µV; the trough of phase j lies at sample REACH[0] + j/phases.
    """
    share, distance = footprint(neuron.position)
    wider = 1 + distance / WIDENING
    sample = np.arange(sum(REACH))[:, None] - REACH[0]
    t = (sample - np.arange(phases)[:, None, None] / phases) * 1000 / FS
    t = t - 0.1 * neuron.width * (wider - wider.min())
    shape = waveform(t, neuron.width * wider, neuron.repolarisation, neuron.delay * wider)
    return neuron.amplitude * share * shape


def add_spikes(x, times, factors, spike, fs=FS):
    """Add a neuron's spikes to the signal x, in place; spikes that overlap add, edges cut them off.

    Parameters
    ----------
    x : (n, 4) array
        µV.
    times : (m,) array
        Troughs, s from the first sample of x; may lie outside.
    factors : (m,) array
    spike : (phases, sum(REACH), 4) array
        As from `templates`.
    """
    place = np.round(times * fs * len(spike)).astype(np.int64)
    sample, phase = np.divmod(place, len(spike))
    length = spike.shape[1]
    near = (sample > -length) & (sample < len(x) + length)
    for start, j, factor in zip(sample[near] - REACH[0], phase[near], factors[near], strict=True):
        low, high = max(start, 0), min(start + length, len(x))
        if low < high:
            x[low:high] += factor * spike[j, low - start : high - start]


# --- what else is on the wire -------------------------------------------------------------------


def background_spectrum(f):
    """One-sided power spectrum (µV²/Hz) of far neurons and the electrode: 1/f² above 1.5 kHz, floor.

    S(f) = 0.48/(1 + (f/1500)²) + 0.05; f in Hz.
    """
    return 0.48 / (1 + (f / 1500) ** 2) + 0.05


def slow_spectrum(f):
    """One-sided power spectrum (µV²/Hz) of the field potential: flat below 4 Hz, 1/f³ above."""
    return 3000.0 / (1 + (f / 4) ** 3)


def coloured_noise(n, spectrum, rng, fs=FS, channels=1):
    """Draw Gaussian noise with a given power spectrum, channels independent.

    Fourier coefficients are independent with E|X_k|² = S(f_k)·fs·n/2, so that a periodogram
    averages to S; the mean is left out. The noise is periodic over the next fast length ≥ n.

    Parameters
    ----------
    n, channels : int
    spectrum : callable
        f (Hz) → one-sided power spectral density (unit²/Hz).
    rng : numpy.random.Generator
    fs : float
        Hz.

    Returns
    -------
    (n, channels) array
    """
    length = fft.next_fast_len(n, real=True)
    f = fft.rfftfreq(length, 1 / fs)
    size = np.zeros(len(f))
    size[1:] = np.sqrt(spectrum(f[1:]) * fs * length) / 2
    real, imaginary = rng.standard_normal((2, channels, len(f)))
    # irfft takes the real part of the highest frequency: half its power, of thousands of lines
    return fft.irfft(size * (real + 1j * imaginary), length)[:, :n].T


def background(n, rng):
    """Draw the noise of all contacts (n, 4), µV: correlation exp(−d/60 µm) between contacts."""
    apart = np.linalg.norm(CONTACTS[:, None] - CONTACTS, axis=-1)
    shared = np.linalg.cholesky(np.exp(-apart / 60.0))
    return coloured_noise(n, background_spectrum, rng, channels=4) @ shared.T


def hum(n, start=0, amplitude=25.0, frequency=50.0, fs=FS):
    """Return mains hum (n, 4), µV: a sine with a fifth of its third harmonic, contacts differ."""
    phase = 2 * np.pi * frequency / fs * np.arange(start, start + n)
    wave = np.sin(phase) + 0.2 * np.sin(3 * phase + 1.0)
    return amplitude * wave[:, None] * np.array([1.0, 0.9, 1.15, 0.95])


# --- which neurons there are --------------------------------------------------------------------


def draw_neurons(n_units, rng):
    """Draw the single units of a session: rates .3–6.3 Hz, amplitudes and places that differ.

    With four or more, the first two burst, with amplitudes that fall, and the last is a near twin of
    the one before it, a few µm away: hard to tell apart.

    Parameters
    ----------
    n_units : int
    rng : numpy.random.Generator

    Returns
    -------
    list of Neuron
    """
    peaks = rng.permutation(np.geomspace(*PEAKS, n_units))
    rates = rng.permutation(np.geomspace(*RATES, n_units))
    special = n_units >= 4
    if special:
        # the later spikes of a burst are small: only a large neuron's are all detected
        large = [-min(4, n_units - 1), -2]
        ranked = np.sort(peaks)
        peaks = np.concatenate([ranked[large], rng.permutation(np.delete(ranked, large))])
        rates[:2] = 1.8, 2.8
    neurons = []
    for peak, rate in zip(peaks, rates, strict=True):
        candidates = [draw_neuron(peak, rate, rng) for _ in range(30)]
        # of all places, the one whose spikes look least like those of the neurons already there
        shapes = [templates(other, 1)[0] for other in neurons]
        alone = [min((_apart(c, s) for s in shapes), default=0) for c in candidates]
        neurons.append(candidates[int(np.argmax(alone))])
    if special:
        neurons[:2] = [
            replace(unit, burst=1.2, adaptation=0.22, regularity=1.0) for unit in neurons[:2]
        ]
        neurons[-1] = _twin(neurons[-2], max(rates[-1], 1.0), rng)
    return neurons


def _apart(neuron, shape):
    return np.linalg.norm(templates(neuron, 1)[0] - shape)


def _twin(neuron, rate, rng):
    """A neuron a few µm away, a little smaller and slower, with a rate of its own."""
    step = rng.standard_normal(3)
    return replace(
        neuron,
        position=tuple(np.asarray(neuron.position) + 5.0 * step / np.linalg.norm(step)),
        amplitude=0.92 * neuron.amplitude,
        width=1.1 * neuron.width,
        delay=1.1 * neuron.delay,
        rate=rate,
    )


def draw_neuron(peak, rate, rng, distance=(12.0, 55.0)):
    """Draw a neuron that leaves a trough of `peak` µV on the contact where it is largest."""
    direction = rng.standard_normal(3)
    place = CONTACTS.mean(axis=0) + rng.uniform(*distance) * direction / np.linalg.norm(direction)
    narrow = rng.random() < 0.3  # fast-spiking interneurons are a minority
    width, delay = (0.105, 0.34) if narrow else (0.14, 0.5)
    spread = np.exp(rng.normal(0, 0.09, 3))
    neuron = Neuron(
        position=tuple(place),
        amplitude=1.0,
        width=width * spread[0],
        repolarisation=0.32 * spread[1],
        delay=delay * spread[2],
        rate=rate,
        regularity=rng.uniform(1.5, 4.0) if narrow else rng.uniform(0.7, 2.0),
        refractory=rng.uniform(1.5, 2.5) if narrow else rng.uniform(2.0, 4.0),
    )
    return replace(neuron, amplitude=-peak / templates(neuron, 1).min())


def draw_cloud(n_neurons, rng):
    """Draw the many neurons further away, each with a trough of 25–210 µV: few cross the threshold."""
    peaks = 25.0 * (210 / 25) ** rng.random(n_neurons) ** 2
    rates = rng.lognormal(np.log(2.5), 0.4, n_neurons)
    return [draw_neuron(p, r, rng, (40.0, 90.0)) for p, r in zip(peaks, rates, strict=True)]


# --- a session ----------------------------------------------------------------------------------


class Tissue:
    """Neurons around a tetrode and everything they do in a session: spikes drawn, voltage on demand.

    Parameters
    ----------
    duration : float
        s.
    random_seed : int
    n_units : int
        Single units, labels 1 … n_units.
    n_cloud : int
        Neurons of the cloud, label 0.
    """

    def __init__(self, duration, random_seed, n_units=13, n_cloud=120):
        rng = np.random.default_rng(random_seed)
        self.duration, self.seed = duration, random_seed
        self.units = draw_neurons(n_units, rng)
        neurons = [*draw_cloud(n_cloud, rng), *self.units]
        gain = rate_gain(duration, rng)
        trains = [spike_train(neuron, duration, rng, gain) for neuron in neurons]
        self.spikes = [templates(neuron) for neuron in neurons]
        self.trains = trains
        # the truth, in the order of time
        peaks = [
            -spike.min() * factors for spike, (_, factors) in zip(self.spikes, trains, strict=True)
        ]
        labels = np.concatenate([np.zeros(n_cloud, int), np.arange(1, n_units + 1)])
        times = np.concatenate([t for t, _ in trains])
        order = np.argsort(times, kind="stable")
        self.true_times = times[order]
        self.true_units = np.repeat(labels, [len(t) for t, _ in trains])[order]
        self.true_peaks = np.concatenate(peaks)[order]

    def stretches(self):
        """Yield start and stop (s) of the stretches that are simulated at once."""
        for start in np.arange(0, self.duration, MINUTE):
            yield float(start), float(min(start + MINUTE, self.duration))

    def voltage(self, start, stop, margin=0.0):
        """Return what the amplifier gives in one of the stretches, in steps of STEP µV.

        Returns
        -------
        (n, 4) int16 array
            With a margin (s, up to MARGIN) it is that much longer on both sides.
        """
        first, n = round((start - MARGIN) * FS), round((stop - start + 2 * MARGIN) * FS)
        rng = np.random.default_rng([self.seed, round(start)])
        x = background(n, rng)
        x += coloured_noise(n, slow_spectrum, rng) * np.array([1.0, 0.96, 1.05, 0.98])
        x += hum(n, first)
        for spike, (times, factors) in zip(self.spikes, self.trains, strict=True):
            add_spikes(x, times - first / FS, factors, spike)
        cut = round((MARGIN - margin) * FS)
        return to_steps(x[cut : n - cut])

    def truth(self, stop):
        """Return the sample, unit and peak (µV) of every spike before `stop` (s)."""
        n = np.searchsorted(self.true_times, stop)
        sample = np.round(self.true_times[:n] * FS).astype(np.int64)
        return sample, self.true_units[:n], self.true_peaks[:n]


def to_steps(x):
    """Round µV to the steps of the converter; raise ValueError where it would clip."""
    steps = np.round(x / STEP)
    if np.abs(steps).max() > np.iinfo(np.int16).max:
        raise ValueError(f"The signal leaves the converter's range of ±{32767 * STEP:.0f} µV.")
    return steps.astype(np.int16)


def simulate_recording(duration=20.0, random_seed=0, n_units=4, n_cloud=20):
    """Simulate a short tetrode recording with known truth, up to a minute at a time.

    Parameters
    ----------
    duration : float
        s, at most 60.
    random_seed, n_units, n_cloud : int

    Returns
    -------
    Recording
        With the truth of every spike, the cloud's included (unit 0).
    """
    if duration > MINUTE:
        raise ValueError("A recording is simulated in one piece: at most 60 s.")
    return first_minute(Tissue(duration, random_seed, n_units, n_cloud))


def first_minute(tissue):
    """Return the first stretch of a session as a Recording."""
    start, stop = next(tissue.stretches())
    samples, units, peaks = tissue.truth(stop)
    return Recording(
        x=tissue.voltage(start, stop),
        fs=FS,
        scale=STEP,
        true_times=samples,
        true_units=units,
        true_peaks=peaks,
        source=f"simulated tetrode recording, seed {tissue.seed}",
    )


def detected_spikes(tissue):
    """Detect, cut out and label the spikes of a whole session, stretch by stretch."""
    samples, waveforms = [], []
    for start, stop in tissue.stretches():
        y = _band_pass(tissue.voltage(start, stop, MARGIN) * STEP)
        troughs = _detect(y)
        offset = round(MARGIN * FS)
        inside = (troughs >= offset) & (troughs < len(y) - offset)
        # a window that leaves the recording itself is dropped
        where = troughs[inside] - offset + round(start * FS)
        inside = inside.nonzero()[0][
            (where >= TROUGH) & (where <= round(tissue.duration * FS) - WINDOW + TROUGH)
        ]
        samples.append(troughs[inside] - offset + round(start * FS))
        window = troughs[inside, None] + np.arange(WINDOW) - TROUGH
        waveforms.append(to_steps(y[window]))
    samples, waveforms = np.concatenate(samples), np.concatenate(waveforms)
    features = _principal_components(waveforms)
    units = _true_units(samples, tissue)
    return Session(
        source=f"simulated tetrode session, seed {tissue.seed}",
        fs=FS,
        duration=tissue.duration,
        spiketimes_s=samples,
        units=units,
        unit_table=unit_table(tissue, features, units),
        read_features=lambda: features.astype(float),
        read_waveforms=lambda: (waveforms, STEP),
    )


def unit_table(tissue, features, units):
    """Describe every single unit: rate, peaks, regularity, isolation.

    Isolation is the Mahalanobis distance in feature space, under the mean covariance of both, from
    the unit's mean to that of the nearest other unit; `nearest` says which.

    Returns
    -------
    list of dict
    """
    numbers = np.arange(len(tissue.units) + 1)
    known = [k for k in numbers if np.sum(units == k) > 2 * features.shape[1]]
    means = {k: features[units == k].mean(axis=0) for k in known}
    spreads = {k: np.cov(features[units == k].T) for k in known}
    table = []
    for k, neuron in enumerate(tissue.units, start=1):
        times = tissue.true_times[tissue.true_units == k]
        intervals = np.diff(times)
        distances = {}
        for j in known if k in known else ():
            if j != k:
                apart = means[k] - means[j]
                pooled = (spreads[k] + spreads[j]) / 2
                distances[int(j)] = float(np.sqrt(apart @ np.linalg.solve(pooled, apart)))
        nearest = min(distances, key=distances.get, default=None)
        peaks = -templates(neuron, 1)[0].min(axis=0)
        table.append(
            {
                "unit": k,
                "rate_hz": round(len(times) / tissue.duration, 3),
                "peaks_uv": [round(float(peak), 1) for peak in peaks],
                "refractory_ms": round(neuron.refractory, 2),
                "regularity": round(neuron.regularity, 2),
                "interval_cv": round(float(np.std(intervals) / np.mean(intervals)), 2)
                if len(intervals) > 1
                else None,
                "burst_extra": neuron.burst,
                "detected": int(np.sum(units == k)),
                "isolation": None if nearest is None else round(distances[nearest], 2),
                "nearest": nearest,
            }
        )
    return table


def _true_units(samples, tissue):
    """Label each detected spike with the unit of the largest true spike within .5 ms, else 0."""
    labels = np.zeros(len(samples), int)
    true, units, peaks = tissue.truth(np.inf)
    reach = round(0.0005 * FS)
    low = np.searchsorted(samples, true - reach)
    high = np.searchsorted(samples, true + reach, side="right")
    for i in np.argsort(peaks, kind="stable"):  # larger ones later: they overrule
        labels[low[i] : high[i]] = units[i]
    return labels


def _band_pass(x):
    """Filter (n, channels) without phase shift: the squared gain of a Butterworth filter of order 3."""
    n = len(x)
    length = fft.next_fast_len(n, real=True)
    sos = signal.butter(3, BAND, "bandpass", fs=FS, output="sos")
    _, gain = signal.freqz_sos(sos, fft.rfftfreq(length, 1 / FS), fs=FS)
    y = fft.rfft(x.T, length) * np.abs(gain) ** 2
    return np.ascontiguousarray(fft.irfft(y, length)[:, :n].T)


def _detect(y):
    """Find troughs below −5σ on any channel, the deepest within the lockout; σ is each channel's."""
    sigma = np.median(np.abs(y), axis=0) / 0.6745
    depth = np.max(-y / sigma, axis=1)
    return signal.find_peaks(depth, height=THRESHOLD, distance=round(LOCKOUT * FS / 1000))[0]


def _principal_components(waveforms):
    """Return three principal components per channel (n, 12), channel-major, in steps of 1/64 µV."""
    columns = []
    for channel in range(waveforms.shape[2]):
        w = waveforms[:, :, channel] * STEP
        w = w - w.mean(axis=0)
        _, axes = np.linalg.eigh(w.T @ w)
        axes = axes[:, :-4:-1]
        # signs are arbitrary: the longest entry, mostly the trough, points down
        axes = axes * -np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1, 2]])
        columns.append(w @ axes)
    # coarse steps: the last digits of a matrix product differ between machines
    return (np.round(np.hstack(columns) * 64) / 64).astype(np.float32)
