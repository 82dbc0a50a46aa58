"""From voltage to spikes: filters, detection, waveforms, features, and scores against a known truth.

Signals are (n, n_channels) or (n,) for one channel, in µV, one row per sample; filters take
DataFrames too. fs is the sampling rate in Hz. Spike times are in samples where a name is s, in milliseconds where it is t.

A spike is a negative deflection below thrd = −N σ with σ = median(|x|) / 0.6745 on each channel: the
median hardly sees the spikes themselves. Depth is x / |thrd|, the deepest channel's at every sample.
Troughs of the depth below −1 are candidates. The deepest candidate of all is a spike and silences
every other within the lockout, on all channels; then the deepest of those left, and so on. A
silenced candidate silences nothing, so one neuron seen on four channels counts once and no spike
is lost behind one that was itself left out.

`stream_spikes` goes through recordings of any length from disk. It filters in blocks that stand at
fixed places of the recording whatever the chunk size: results do not depend on it, to the last bit.

Arguments that cannot be used raise a ValueError that says why.

Sources: Quian Quiroga, Nadasdy and Ben-Shaul 2004, Neural Comput 16:1661 (σ from the median);
Lewicki 1998, Network 9:R53 (features from principal components); Kuhn 1955 (assignment).
"""

import numpy as np
from scipy import fft, signal
from scipy.interpolate import CubicSpline
from scipy.optimize import linear_sum_assignment

WINDOW, TROUGH = 30, 10  # samples of a waveform, and where in it the trough lies
COMPONENTS = 3  # principal components per channel
MEDIAN_TO_SD = 0.6745  # median of |z| for standard normal z
BLOCK = 1 << 14  # samples that are filtered at once: with four channels they fit into the cache
NOISE_BLOCKS = 32  # σ of a stream is measured on so many blocks: 17 s at 30 kHz
DECAYED = 1e-8  # of a filter's response: below the rounding of single precision
SPLINE_REACH = 4  # samples beyond a window that still shape the spline inside it


def filter_signal(x, fs, low, high, order=3):
    """Band-pass filter without phase shift: a Butterworth filter runs forward, then backward.

    The gain is |H(f)|² = 1 / (1 + ((f² − low·high) / (f·(high − low)))^(2·order)), but for the warping
    of the bilinear transform: ½ at both band edges for any order. low, high : Hz, 0 < low < high <
    fs/2. Returns a DataFrame for a DataFrame, else an array; an odd reflection continues the ends.
    """
    sos = _butterworth(fs, low, high, order)
    return _each_channel(x, lambda y: _forward_backward(sos, y))


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    """Remove one frequency (Hz) without phase shift: a notch runs forward, then backward.

    One pass halves the power where the notch is freq/q wide. Returns the form that x came in.
    """
    if not 0 < freq < fs / 2 or not q > 0:
        raise ValueError(
            f"freq = {freq:g} Hz must lie between 0 and fs/2 = {fs / 2:g} Hz, q above 0."
        )
    sos = signal.tf2sos(*signal.iirnotch(freq, q, fs))
    return _each_channel(x, lambda y: _forward_backward(sos, y))


def detect_spikes(x, fs, N=5, lockout=1.0):
    """Find the troughs of negative-going spikes on any channel of a filtered signal.

    N : threshold in units of σ; lockout : ms, least distance of two spikes, on whatever channels.
    Returns s (m,) int, samples in ascending order, where the channel that is deepest in units of its
    threshold has its trough; t (m,), the same in ms; and thrd, −N σ of each channel (n_channels,),
    or a float for one-dimensional x. A channel with σ = 0 is dead and detects nothing.
    """
    x = _signal(x)
    if len(x) == 0:
        raise ValueError("x has no samples: there is no noise to measure a threshold on.")
    reach = _lockout_samples(fs, lockout)
    rows = _columns(x).T
    thrd = _thresholds(rows, N)
    s, depth = _troughs(rows, thrd)
    s = s[_deepest(s, depth, reach)]
    return s, s * (1000 / fs), thrd if x.ndim == 2 else float(thrd[0])


def extract_waveforms(x, s, upsample=1):
    """Cut out 30 samples around each spike, its trough at index 10: (≤ m, 30, n_channels).

    s : (m,) int, samples; a spike whose window does not fit into x is dropped (`fits` tells which).
    upsample > 1 moves every window by less than a sample, in steps of 1/upsample, so that the cubic
    spline through the spike's deepest channel has its trough at index 10.
    """
    x, s = np.asarray(x), np.asarray(s)
    if s.size and not np.array_equal(s, np.round(s)):
        raise ValueError("s must hold whole samples: times in ms are multiplied by fs/1000.")
    s = s.astype(np.int64)
    s = s[fits(s, len(x))]
    x = _columns(x)
    reach = SPLINE_REACH if upsample > 1 else 0
    around = np.arange(-TROUGH - reach, WINDOW - TROUGH + reach)
    # beyond the signal's ends its last value goes on: only the spline's outermost part sees it
    w = x[np.clip(s[:, None] + around, 0, len(x) - 1)]
    if not np.isfinite(w).all():
        raise ValueError("x holds values around a spike that are NaN or infinite.")
    return _aligned(w, upsample) if upsample > 1 else w


def fits(s, n):
    """Return which spikes (m,) have their whole window inside a signal of n samples."""
    s = np.asarray(s)
    return (s >= TROUGH) & (s <= n - WINDOW + TROUGH)


def principal_axes(w):
    """Return means (n_channels, n_samples) and leading axes (n_channels, 3, n_samples) of waveforms.

    w : (n, n_samples, n_channels). Axes are eigenvectors of the covariance over spikes, by falling
    variance. The largest entry of each, mostly the trough, is negative: larger spikes score higher.
    """
    w = _waveforms(w)
    n, n_samples, n_channels = w.shape
    means = np.zeros((n_channels, n_samples))
    axes = np.empty((n_channels, COMPONENTS, n_samples))
    for c in range(n_channels):
        v = np.array(w[:, :, c], dtype=float)
        if n:
            means[c] = v.mean(axis=0)
        v -= means[c]
        leading = np.linalg.eigh(v.T @ v)[1][:, : -COMPONENTS - 1 : -1].T
        largest = np.abs(leading).argmax(axis=1)
        axes[c] = leading * -np.sign(leading[range(COMPONENTS), largest])[:, None]
    return means, axes


def extract_features(w):
    """Describe each spike by its first three principal components on every channel.

    w : (n, n_samples, n_channels). Returns b (n, 3·n_channels) in µV, ordered channel 1 PC 1–3,
    channel 2 PC 1–3, …: b_{n,3c+k} = (w_nc − mean_c)·axis_ck.
    """
    w = _waveforms(w)
    means, axes = principal_axes(w)
    scores = [(w[:, :, c] - mean) @ axes[c].T for c, mean in enumerate(means)]
    return np.hstack(scores)


def score_sorting(true_units, labels):
    """Score clusters against true units, assigned one to one such that most spikes overlap.

    true_units, labels : (n,) int, unit and cluster of every spike. Returns for each unit, ascending,
    precision (the overlap's share of the cluster) and recall (its share of the unit), both 0 for a
    unit without a cluster, and match: its cluster, or −1 where none is left that shares a spike.
    """
    true_units, labels = np.asarray(true_units), np.asarray(labels)
    if true_units.ndim != 1 or true_units.shape != labels.shape:
        raise ValueError(
            f"true_units {true_units.shape} and labels {labels.shape} must hold one entry per spike."
        )
    units, i = np.unique(true_units, return_inverse=True)
    clusters, j = np.unique(labels, return_inverse=True)
    overlap = np.bincount(i * len(clusters) + j, minlength=len(units) * len(clusters))
    overlap = overlap.reshape(len(units), len(clusters))
    u, k = linear_sum_assignment(overlap, maximize=True)
    u, k = u[overlap[u, k] > 0], k[overlap[u, k] > 0]
    precision, recall = np.zeros((2, len(units)))
    precision[u] = overlap[u, k] / overlap.sum(axis=0)[k]
    recall[u] = overlap[u, k] / overlap.sum(axis=1)[u]
    match = np.full(len(units), -1)
    match[u] = clusters[k]
    return precision, recall, match


def match_spikes(true_times, found_times, tolerance):
    """Pair true with found spikes, one to one, the closest pair first, at most tolerance apart.

    true_times (n,), found_times (m,) : ascending, in the unit of the tolerance. Returns (n,) int, the
    index of the found spike of each true one, or −1. The share of others than −1 is the recall;
    their number divided by m is the precision.
    """
    true_times, found_times = np.asarray(true_times), np.asarray(found_times)
    for name, times in {"true_times": true_times, "found_times": found_times}.items():
        if times.ndim != 1 or not np.all(np.diff(times) >= 0):
            raise ValueError(f"{name} must be one-dimensional, ascending and without NaN.")
    low = np.searchsorted(found_times, true_times - tolerance, side="left")
    n_near = np.searchsorted(found_times, true_times + tolerance, side="right") - low
    i = np.repeat(np.arange(len(true_times)), n_near)
    j = np.arange(len(i)) - np.repeat(np.cumsum(n_near) - n_near, n_near) + low[i]
    match, free = np.full(len(true_times), -1), np.ones(len(found_times), bool)
    for pair in np.argsort(np.abs(true_times[i] - found_times[j]), kind="stable"):
        if match[i[pair]] < 0 and free[j[pair]]:
            match[i[pair]], free[j[pair]] = j[pair], False
    return match


def stream_spikes(
    x, fs, low=500.0, high=4000.0, N=5, lockout=1.0, order=3, chunk=1.0, thrd=None, scale=1.0
):
    """Filter, detect and cut out spikes chunk by chunk, in memory that does not grow with n.

    x : (n, n_channels) or (n,), the raw recording, such as int16 mapped from disk; scale : µV for
    each step of x. chunk : s held at a time, rounded up to whole blocks; it changes no result.
    thrd : (n_channels,) µV; default: −N σ from stretches spread evenly over the recording. The rest
    is as for `filter_signal` and `detect_spikes`. Iterates over (s, w): s (m,) int, ascending over
    all chunks, and w (m, 30, n_channels) float32 in µV, of the spikes whose windows fit.
    """
    if len(x) == 0:
        raise ValueError("x has no samples.")
    filtered = _BlockFilter(x, fs, _butterworth(fs, low, high, order), scale)
    reach = _lockout_samples(fs, lockout)
    if thrd is None:
        every = np.linspace(0, filtered.n_blocks - 1, NOISE_BLOCKS).astype(int)
        thrd = _thresholds(np.hstack([filtered.block(i) for i in np.unique(every)]), N)
    thrd = np.atleast_1d(np.asarray(thrd, dtype=np.float32))
    if thrd.shape != (filtered.n_channels,) or not (thrd <= 0).all():
        raise ValueError(
            f"thrd must hold {filtered.n_channels} values of at most 0, but is {thrd}."
        )
    return _spikes_in_chunks(filtered, thrd, reach, max(1, -int(-chunk * fs // filtered.hop)))


def _spikes_in_chunks(filtered, thrd, reach, n_blocks):
    y, start, done = np.empty((filtered.n_channels, 0), np.float32), 0, -1
    for first in range(0, filtered.n_blocks, n_blocks):
        stop = min(first + n_blocks, filtered.n_blocks)
        y = np.hstack([y, *map(filtered.block, range(first, stop))])
        s, depth = _troughs(y, thrd)
        s, depth = s[s + start > done], depth[s + start > done]
        # What follows a pause of one lockout cannot change what came before it. The next candidate
        # is known, or is the last sample at the earliest, whose neighbour is still to come.
        n = y.shape[1]
        following = np.append(s, n - 1)
        settled = (np.diff(following) >= reach) & (s <= n - WINDOW + TROUGH)
        end = len(s) if stop == filtered.n_blocks else settled.nonzero()[0].max(initial=-1) + 1
        found = s[:end][_deepest(s[:end], depth[:end], reach)]
        found = found[fits(found + start, filtered.n)]
        yield found + start, extract_waveforms(y.T, found)
        done = s[end - 1] + start if end else done
        forget = max(following[end] - TROUGH - 1, 0)
        y, start = y[:, forget:], start + forget


class _BlockFilter:
    """The zero-phase band-pass filter in single precision, on a fixed grid of blocks.

    Block i holds the samples from i·hop. Around it lie `pad` more, in which the circular
    convolution goes wrong (overlap-save); the gain is |H(f)|² of the causal filter.
    """

    def __init__(self, x, fs, sos, scale):
        self.x = x.to_numpy() if hasattr(x, "to_numpy") else x
        self.n, self.n_channels = len(x), 1 if len(x.shape) == 1 else x.shape[1]
        _, poles, _ = signal.sos2zpk(sos)
        self.pad = int(np.log(DECAYED) / np.log(np.abs(poles).max())) + 1
        self.size = fft.next_fast_len(max(BLOCK, 8 * self.pad), real=True)
        self.hop = self.size - 2 * self.pad
        self.n_blocks = -(-self.n // self.hop)
        _, H = signal.freqz_sos(sos, fft.rfftfreq(self.size, 1 / fs), fs=fs)
        self.gain = (scale * np.abs(H) ** 2).astype(np.float32)

    def block(self, i):
        """Return (n_channels, ≤ hop) filtered samples; same input every time, same bits."""
        start = i * self.hop
        y = np.zeros((self.n_channels, self.size), np.float32)
        raw = self._rows(start - self.pad, start + self.hop + self.pad)
        y[:, : raw.shape[1]] = raw
        spectrum = fft.rfft(y, overwrite_x=True)
        spectrum *= self.gain
        y = fft.irfft(spectrum, self.size, overwrite_x=True)
        if not np.isfinite(y[:, 0]).all():  # a single value spreads over its whole block
            raise ValueError(f"x is NaN or infinite near {start} to {start + self.hop} samples.")
        return y[:, self.pad : self.pad + min(self.hop, self.n - start)]

    def _rows(self, start, stop):
        """Samples start to stop; beyond the ends the signal goes on, turned about its last point."""
        before, after = max(-start, 0), min(max(stop - self.n, 0), self.pad)
        inside = np.asarray(self.x[max(start, 0) : stop]).reshape(-1, self.n_channels).T
        if not before and not after:
            return inside
        ends = ((0, 0), (before, after))
        return np.pad(inside.astype(float), ends, mode="reflect", reflect_type="odd")


def _thresholds(rows, N):
    """Return −N σ (n_channels,) of a signal with one row per channel."""
    if not N > 0:
        raise ValueError(f"N = {N:g} must be above 0: the threshold is −N σ.")
    return -N / MEDIAN_TO_SD * np.array([np.median(np.abs(row)) for row in rows])


def _troughs(rows, thrd):
    """Return samples where the depth is above 1 and largest among neighbours, and the depth there.

    Of equal samples in a row the first counts; the signal's first and last are no troughs.
    """
    thrd = np.where(thrd < 0, thrd, -np.inf)
    below = [row < limit for row, limit in zip(rows, thrd, strict=True)]
    below = np.flatnonzero(np.logical_or.reduce(below))
    depth = (rows[:, below] / thrd[:, None]).max(axis=0, initial=0)
    # A neighbour that is not below any threshold is less deep anyway.
    apart, step = np.diff(below) > 1, np.diff(depth)
    trough = (below > 0) & (below < rows.shape[1] - 1)
    trough[1:] &= apart | (step > 0)
    trough[:-1] &= apart | (step <= 0)
    return below[trough], depth[trough]


def _deepest(s, depth, reach):
    """Return which candidates are spikes: the deepest first, each silences those nearer than reach.

    Every round keeps all that are deeper than any other left within reach; the order among those
    does not matter. Of equally deep ones the earlier goes first.
    """
    kept, left = np.zeros(len(s), bool), np.arange(len(s))
    rank = np.empty(len(s), int)
    rank[np.argsort(-depth, kind="stable")] = np.arange(len(s))
    while len(left):
        wins = np.ones(len(left), bool)
        for i, j in _near(s[left], reach):
            wins[np.where(rank[left[i]] < rank[left[j]], j, i)] = False
        kept[left[wins]] = True
        silent = wins.copy()
        for i, j in _near(s[left], reach):
            silent[i] |= wins[j]
            silent[j] |= wins[i]
        left = left[~silent]
    return kept


def _near(s, reach):
    """Yield index arrays i, j = i + 1, i + 2, … of all pairs with s[j] − s[i] < reach."""
    for shift in range(1, len(s)):
        i = np.flatnonzero(s[shift:] - s[:-shift] < reach)
        if not len(i):
            return
        yield i, i + shift


def _aligned(w, upsample):
    """Move windows (with SPLINE_REACH more on both sides) so that splines have their trough at 10."""
    n, length, _ = w.shape
    trough = TROUGH + SPLINE_REACH
    # A spline is linear in its values: one matrix evaluates it at all places.
    spline = CubicSpline(np.arange(length), np.eye(length))
    shifts = np.arange(1 - upsample, upsample) / upsample
    channel = w[:, trough].argmin(axis=1)
    near = w[np.arange(n), :, channel] @ spline(trough + shifts).T
    moved = np.empty((n, WINDOW, w.shape[2]), np.result_type(w, np.float32))
    best = near.argmin(axis=1)
    for j in np.unique(best):
        at = np.arange(WINDOW) + SPLINE_REACH + shifts[j]
        moved[best == j] = np.einsum("tl,nlc->ntc", spline(at), w[best == j])
    return moved


def _butterworth(fs, low, high, order):
    if not 0 < low < high < fs / 2:
        raise ValueError(
            f"low = {low:g} Hz and high = {high:g} Hz must satisfy 0 < low < high < fs/2 = {fs / 2:g} Hz."
        )
    return signal.butter(order, (low, high), "bandpass", fs=fs, output="sos")


def _forward_backward(sos, x):
    """Filter along time; the signal is continued at its ends as far as it is long enough."""
    if len(x) == 0:
        return x
    ends = min(3 * (2 * len(sos) + 1), len(x) - 1)
    return signal.sosfiltfilt(sos, x, axis=0, padlen=ends)


def _each_channel(x, change):
    """Apply change to the values of x (float) and give the result the form of x."""
    y = change(_signal(x).astype(float, copy=False))
    labels = {a: getattr(x, a) for a in ("index", "columns", "name") if hasattr(x, a)}
    return type(x)(y, **labels) if hasattr(x, "to_numpy") else y


def _signal(x):
    x = np.asarray(x)
    if x.ndim not in (1, 2) or 0 in x.shape[1:] or x.dtype.kind not in "iuf":
        raise ValueError(
            f"x must hold numbers, (n, n_channels) or (n,), but is {x.dtype} {x.shape}."
        )
    wrong = np.flatnonzero(~np.isfinite(x).reshape(len(x), -1).all(axis=1)) if len(x) else ()
    if len(wrong):
        raise ValueError(
            f"x is NaN or infinite at {len(wrong)} sample(s), the first is {wrong[0]}."
        )
    return x


def _columns(x):
    return x[:, None] if x.ndim == 1 else x


def _waveforms(w):
    w = np.asarray(w)
    if w.ndim != 3 or w.shape[1] < COMPONENTS or not np.isfinite(w).all():
        raise ValueError(f"w must be finite, (n, n_samples, n_channels), but has shape {w.shape}.")
    return w


def _lockout_samples(fs, lockout):
    if not lockout > 0 or not fs > 0:
        raise ValueError(f"lockout = {lockout:g} ms and fs = {fs:g} Hz must be above 0.")
    return max(1, round(lockout * fs / 1000))
