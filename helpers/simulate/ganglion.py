"""A retinal ganglion cell with known truth, which sees a flickering checkerboard and fires.

The cell's rate (Hz) at time t is

    r(t) = gain(t) · exp(x(t)),   x(t) = ∫ k(τ) Σ_i u_i s_i(t − τ) dτ

with s_i(t) = ±½ the pixel on the screen at time t, u the receptive field in space (a centre and a
surround, each a Gaussian) and k its time course (positive, then negative), both continuous: flips
come when the display gives them, and the cell knows no frames. The gain dips for moments, wanders
slowly, and runs down at the end, as in recordings that are about to be lost. Spikes are drawn from a
renewal process whose clock runs at r(t), more regular than a Poisson process, with an absolute
refractory period: so each spike depends on the one before.

The display's refreshes come 19 to a nominal frame. A flip happens up to two refreshes early or late,
and is noticed a little later:

    t_k = (19 k + m_k)·REFRESH + δ_k,   m_k ∈ {−2, …, 2},   δ_k exponential, cut off.

Successive m_k alternate a little (beats between the program's clock and the display's): a Gaussian
sequence with a line at .448 cycles per frame is cut into five equally likely pieces.

Which frame is on the screen when, and which count belongs to which lag: data/ganglion.md.

Instructors use this module: to rebuild the data that ship (`make data`) and to draw fresh cells for
hidden checks.

Sources: Enroth-Cugell and Robson 1966, J Physiol 187:517 (centre and surround as Gaussians);
Chichilnisky 2001, Network 12:199 (white noise, linear filter, nonlinearity); Chichilnisky and Kalmar
2002, J Neurosci 22:2737 (time course: the difference of two low-pass cascades); Keat, Reinagel, Reid
and Meister 2001, Neuron 30:803 (spikes far more regular than a Poisson process); Barbieri, Quirk,
Frank, Wilson and Brown 2001, J Neurosci Methods 105:25 (renewal processes on a modulated clock);
Pillow et al. 2008, Nature 454:995 (history dependence, exponential nonlinearity).
"""

import numpy as np
from scipy import special

from helpers.data.ganglion import SHAPE, GanglionCell, shown_frames

from .tetrode import rate_gain, renewal_train

REFRESHES = 19  # of the display in a nominal frame
FRAME = 0.2155  # s
REFRESH = FRAME / REFRESHES
LATE = (0.0024, 0.008)  # s, mean and largest delay of a flip after its refresh
EXTRA = 12  # frames of the file that are shown after the last flip, or never, as in the original
STEP = 0.001  # s, in which the rate is constant
AFTER = 1.0  # s of spikes recorded after the last flip
N_LAGS = 6  # frames back after which the cell has forgotten
CENTRE = (11.7, 4.3)  # row and column
SPREAD = (1.55, 1.15)  # rows and columns, standard deviation of the centre
SURROUND = (2.4, 0.55)  # of the surround: how much wider, and its volume, relative to the centre
PEAKS = (0.28, 0.54)  # s, of the two phases of the time course
ORDER = 20  # of the cascades: the phases' widths are PEAKS / √ORDER
REBOUND = 0.6  # area of the second phase, relative to the first
STRENGTH = 0.76  # area of the first phase: with u, the effect on ln r of the pattern u that stays
RATE = 17.7  # Hz, mean before the cell runs down
REFRACTORY, REGULARITY = 0.007, 7.0  # s, and the shape of the gamma intervals


# --- what is on the screen ----------------------------------------------------------------------


def flip_times(n, rng):
    """Draw n flips of the display, s, to .01 ms; the first is at 0."""
    beat = np.sqrt(2 * 0.17) * np.cos(2 * np.pi * (0.448 * np.arange(n) + rng.random()))
    z = beat + np.sqrt(1 - 0.17) * rng.standard_normal(n)
    late = np.floor(5 * special.ndtr(z)) - 2
    mean, largest = LATE
    delay = -mean * np.log1p(np.expm1(-largest / mean) * rng.random(n))  # inverts the distribution
    t = (REFRESHES * np.arange(n) + late) * REFRESH + delay
    return np.round(t - t[0], 5)


def weighted_frames(t, onsets):
    """Yield, lag after lag, which frame each time looks back at, and how much it counts.

    A frame that came on a s ago and went off b s ago counts K(a) − K(b), K the step response. The
    first frame counts as if it had always been there, and the last lag for all that is older.

    Parameters
    ----------
    t : (n,) array
        s.
    onsets : (n_frames,) array
        When each frame came on, s, ascending; the first may be −∞.

    Yields
    ------
    frame : (n,) int array
        The frame on the screen, then the one before, …
    weight : (n,) array
    """
    newest = np.searchsorted(onsets, t, side="right") - 1
    until = 0.0
    for lag in range(N_LAGS):
        frame = np.maximum(newest - lag, 0)
        since = np.where(frame == 0, np.inf, t - onsets[frame])
        response = step_response(since if lag < N_LAGS - 1 else np.full(len(t), np.inf))
        yield frame, response - until
        until = response


# --- what the cell sees -------------------------------------------------------------------------


def spatial_field(centre=CENTRE):
    """Return u (300,): centre minus surround, a unit vector."""
    row, column = np.indices(SHAPE)

    def gaussian(wider):
        rows, columns = np.multiply(SPREAD, wider)
        square = ((row - centre[0]) / rows) ** 2 + ((column - centre[1]) / columns) ** 2
        return np.exp(-square / 2) / (rows * columns)

    u = (gaussian(1.0) - SURROUND[1] * gaussian(SURROUND[0])).ravel()
    return u / np.linalg.norm(u)


def time_course(tau):
    """Return k(τ), 1/s: two phases of opposite sign; 0 for τ ≤ 0.

    k(τ) = STRENGTH·[G(τ; p₁) − REBOUND·G(τ; p₂)],   G(τ; p) = n/(p·n!)·(nτ/p)ⁿ·exp(−nτ/p),

    n = ORDER; G has its maximum at p, and area 1.

    Parameters
    ----------
    tau : array
        s.

    Returns
    -------
    array, the shape of tau
    """

    def phase(peak):
        x = ORDER * np.maximum(tau, 0) / peak
        return np.exp(special.xlogy(ORDER, x) - x - special.gammaln(ORDER + 1)) * ORDER / peak

    return STRENGTH * (phase(PEAKS[0]) - REBOUND * phase(PEAKS[1]))


def step_response(tau):
    """Return K(τ) = ∫₀^τ k, the effect of a pattern that came on τ s ago and stays."""
    first, second = (special.gammainc(ORDER + 1, ORDER * np.maximum(tau, 0) / p) for p in PEAKS)
    return STRENGTH * (first - REBOUND * second)


def latency():
    """Return when the time course has its maximum, s, to .1 ms."""
    tau = np.arange(0, 1, 1e-4)
    return round(float(tau[np.argmax(time_course(tau))]), 4)


# --- what the cell does -------------------------------------------------------------------------


def wandering_gain(duration, rng):
    """Draw the gain in Hz: dips of some 60 ms, slow wandering, a decline that ends in a run-down.

    Returns
    -------
    (ceil(duration / STEP),) array
        In successive steps.
    """
    drive = np.log(rate_gain(duration, rng, sd=1.0, timescale=0.06, step=STEP))
    dips = special.expit(8 * drive + 11)  # 1 most of the time, else near 0
    slow = rate_gain(duration, rng, sd=0.05, timescale=20.0, step=STEP)
    part = np.linspace(0, 1, len(slow))
    decline = (0.95 + 0.25 * np.exp(-part / 0.2)) * special.expit((0.905 - part) / 0.013)
    return RATE * dips / dips.mean() * slow * decline


def simulate_ganglion_cell(random_seed=0, n_frames=1488, centre=CENTRE):
    """Simulate a ganglion cell that sees a binary checkerboard, with known truth.

    Parameters
    ----------
    random_seed : int
    n_frames : int
        Frames between the first flip and the last, at least 6.
    centre : (2,) sequence
        Row and column of the receptive field's centre, between pixels if you like.

    Returns
    -------
    GanglionCell
        With its truth.

    Raises
    ------
    ValueError
        If there are fewer frames than the cell remembers.
    """
    return simulate_session(random_seed, n_frames, centre)[1]


def simulate_session(random_seed=0, n_frames=1488, centre=CENTRE):
    """Return the frames as in a file, (20, 15, n_frames + EXTRA) of 0 and 1, and the GanglionCell."""
    if n_frames < N_LAGS:
        raise ValueError(f"The cell remembers {N_LAGS} frames: {n_frames} are too few.")
    rng = np.random.default_rng(random_seed)
    frames = rng.integers(0, 2, (*SHAPE, n_frames + EXTRA), dtype=np.uint8)
    triggers = flip_times(n_frames + 1, rng)
    duration = triggers[-1] + AFTER
    gain = wandering_gain(duration, rng)
    t = (np.arange(len(gain)) + 0.5) * STEP
    u = spatial_field(centre)
    seen = u @ (frames.reshape(len(u), -1) - 0.5)
    x, v = np.zeros(len(t)), []
    shown = (t > triggers[N_LAGS - 1]) & (t < triggers[-1])
    for frame, weight in weighted_frames(t, np.concatenate([[-np.inf], triggers])):
        x += weight * seen[frame]
        v.append(weight[shown].mean())
    rate = gain * np.exp(x)
    spiketimes = renewal_train(
        duration, RATE, rng, REFRACTORY, REGULARITY, gain=rate / RATE, step=STEP
    )
    cell = GanglionCell(
        source=f"simulated ganglion cell, seed {random_seed}",
        stim=shown_frames(frames, len(triggers)),
        spiketimes=np.round(spiketimes, 5),
        triggers=triggers,
        true_rf=np.outer(u, v),
        true_u=u,
        true_v=np.array(v),
        true_latency=latency(),
        true_rate=np.diff(np.interp(triggers, t + STEP / 2, np.cumsum(rate) * STEP))
        / np.diff(triggers),
    )
    return frames, cell
