"""Correlograms of spike trains and what the refractory period says about them, in fast form.

A lag is the time of the second spike minus that of the first. The histogram of all lags between
two trains has 2 M + 1 bins, M = round(window / bin_size), centred on −M … M times bin_size. Bin k
holds the lags with

    |k| = ⌊|lag| / bin_size + ½⌋, the sign of k that of the lag:

a lag on the edge of two bins counts in the one away from zero, whatever its sign. Swapping two
trains therefore mirrors their correlogram exactly. A lag within a millionth of a bin of an edge
counts as on it, so that times in seconds and times in samples give the same counts.

Times are sorted, in seconds, one array per train; `all_correlograms` takes samples. Arguments that
cannot be used raise a ValueError that says why.

Sources: Perkel, Gerstein and Moore 1967 (correlograms); the public projects phylib and
SpikeInterface (all pairs in one pass, by shifting the train against itself); Hill, Mehta and
Kleinfeld 2011, J Neurosci 31, and Llobet, Wyngaard and Barbour 2022, bioRxiv (contamination).
"""

import numpy as np

ON_EDGE = 1e-6  # bins; times near 10⁵ s and 1 ms bins have rounding errors near 10⁻⁷ bins
BLOCK = 1 << 16  # spikes per block: few rounds, yet its arrays stay in the caches
HELD = 1 << 21  # pairs held before they are counted


def cross_time_diff(t1, t2):
    """Return all differences, element [i, j] = t1[i] − t2[j] (s), an (n1, n2) array.

    A lag has the opposite sign. For short trains: it needs memory for every pair of spikes.
    """
    return _one_dimensional(t1, "t1", float)[:, None] - _one_dimensional(t2, "t2", float)


def correlogram(t1, t2, bin_size, window, auto=False):
    """Count the lags t2[j] − t1[i] of all pairs of spikes: positive where t2 comes after t1.

    bin_size and window (the half-width) in s; auto=True, for t1 equal to t2, leaves out the pairs
    of a spike with itself. Returns counts (2 M + 1,) int and centers (2 M + 1,) in s.
    """
    t1, t2 = _times(t1, "t1"), _times(t2, "t2")
    if auto and not np.array_equal(t1, t2):
        raise ValueError("auto=True is for a train with itself, but t1 and t2 differ.")
    M, centers = _bins(bin_size, window)
    counts = np.zeros(2 * M + 1, dtype=np.int64)
    counts[M] = -len(t1) if auto else 0
    if swapped := len(t1) < len(t2):  # fewer rounds: each takes one spike of the second train
        t1, t2 = t2, t1
    reach = (M + 1) * bin_size  # half a bin more than needed, against rounding
    j, end = np.searchsorted(t2, t1 - reach), np.searchsorted(t2, t1 + reach, side="right")
    while (alive := np.flatnonzero(j < end)).size:
        t1, j, end = t1[alive], j[alive], end[alive]
        lag = t2[j] - t1
        k = np.copysign(np.floor(np.abs(lag) / bin_size + 0.5 + ON_EDGE), lag)
        counts += np.bincount(M + k[np.abs(k) <= M].astype(np.intp), minlength=2 * M + 1)
        j += 1
    return (counts[::-1].copy() if swapped else counts), centers


def all_correlograms(samples, units, fs, bin_size, window):
    """Count the lags between all units in one pass over the sorted spikes.

    Each spike meets the next one, then the next but one, … as long as they are within the window:

        counts[i, j, k] = F[i, j, k] + F[j, i, −k], F counting pairs whose later spike is of unit j.

    samples, units : (n,) int, the spikes of all units by ascending sample, and their unit ids
    fs : sampling rate (Hz); bin_size (at least one sample) and window, the half-width, in s
    Returns counts (K, K, 2 M + 1) int, where [i, j] has the lags of unit j after unit i and [i, i]
    no spike with itself; the K distinct unit ids, ascending; and centers (2 M + 1,) in s.
    counts[i, j] is exactly counts[j, i][::-1]. Memory grows with n, not with the number of pairs.
    """
    samples = _ascending(_whole_numbers(samples, "samples"), "samples")
    units = _whole_numbers(units, "units")
    if len(samples) != len(units):
        raise ValueError(f"samples has {len(samples)} spikes, but units {len(units)}: one each.")
    M, centers = _bins(bin_size, window)
    if bin_size * _positive(fs, "fs") < 1 - ON_EDGE:
        raise ValueError(f"bin_size = {bin_size:g} s is less than one sample at fs = {fs:g} Hz.")
    ids, number = _number(units)
    counts = np.zeros((len(ids), len(ids), 2 * M + 1), dtype=np.int64)
    if len(samples):
        F = count_forward(samples, number, _bin_of_lag(samples, bin_size * fs, M), M + 1)
        for i in range(len(ids)):
            counts[i, :, M:] = F[i]
            counts[i, :, M::-1] += F[:, i]
    return counts, ids, centers


def count_forward(samples, number, bin_of_lag, n_bins):
    """Count pairs with the earlier spike of unit i and the later one of unit j, by any rule of bins.

    samples (n,) int, sorted, n ≥ 1; number (n,) int, units as 0 … K−1; bin_of_lag (longest lag + 1,)
    int, the bin, 0 … n_bins − 1, of a lag of 0, 1, 2, … samples. Returns (K, K, n_bins).
    """
    K = int(number.max()) + 1
    dtype = np.int32 if K * K * n_bins < 2**31 else np.int64
    t = (samples - samples[0]).astype(np.int64)
    t = np.append(t, t[-1] + len(bin_of_lag))  # a last spike that is out of reach of all others
    t = t.astype(np.int32) if t[-1] < 2**31 else t
    key_j = np.append(number, 0).astype(dtype) * dtype(n_bins)
    keys = _batches(_forward_keys(t, key_j, K, bin_of_lag.astype(dtype)))
    counts = np.bincount(next(keys), minlength=K * K * n_bins)
    for batch in keys:
        counts += np.bincount(batch, minlength=len(counts))
    return counts.reshape(K, K, n_bins)


def _forward_keys(t, key_j, K, bin_of_lag):
    """Yield (i K + j) n_bins + bin of all pairs, some thousands at a time."""
    for start in range(0, len(t) - 1, BLOCK):
        stop = min(start + BLOCK, len(t) - 1)
        # i is the earlier spike of a pair, j the later one, s = j − i the same for all.
        lag = t[start + 1 : stop + 1] - t[start:stop]
        alive = np.flatnonzero(lag < len(bin_of_lag))
        lag, j = lag[alive], alive + (start + 1)
        t_i, key_i = t[start:stop][alive], key_j[start:stop][alive] * key_j.dtype.type(K)
        while len(j):
            yield bin_of_lag[lag] + key_i + key_j[j]
            j += 1
            lag = t[j] - t_i
            alive = np.flatnonzero(lag < len(bin_of_lag))
            lag, j, t_i, key_i = lag[alive], j[alive], t_i[alive], key_i[alive]


def _batches(keys):
    """Join keys: a table of many units is too large to visit it for every few of them."""
    held, n_held = [np.empty(0, dtype=np.intp)], 0
    for key in keys:
        held.append(key)
        n_held += len(key)
        if n_held >= HELD:
            yield np.concatenate(held)
            held, n_held = held[:1], 0
    yield np.concatenate(held)


def expected_counts(n1, n2, centers, bin_size, duration):
    """Return n1 n2 b (T − |τ|) / T², the mean counts of independent Poisson trains at lags τ.

    n1, n2 : numbers of spikes (a train with itself: n2 = n1 − 1); centers : lags τ (s);
    bin_size : b (s); duration : T (s).
    """
    T, b = _positive(duration, "duration"), _positive(bin_size, "bin_size")
    return n1 * n2 * b * np.maximum(T - np.abs(centers), 0) / T**2


def refractory_violations(t, tau):
    """Return the share of the n − 1 intervals strictly below tau (s); 0.0 for n < 2.

    A Poisson train with rate λ has 1 − exp(−λ tau), a neuron with a longer refractory period none.
    """
    t, tau = _times(t, "t"), _positive(tau, "tau")
    return float(np.mean(np.diff(t) < tau)) if len(t) > 1 else 0.0


def refractory_pairs(t, tau):
    """Return the number of pairs of spikes strictly closer than tau (s), each counted once."""
    t, tau, n, s = _times(t, "t"), _positive(tau, "tau"), 0, 1
    while closer := np.count_nonzero(t[s:] - t[:-s] < tau):
        n, s = n + closer, s + 1
    return n


def contamination(t, tau, duration):
    """Estimate the share C of spikes that come from other neurons (Llobet et al. 2022).

    A share C of foreign spikes, Poisson and independent of the neuron and of each other, gives

        n = N² τ / T · (1 − (1 − C)²) pairs closer than τ, so C = 1 − √(1 − n T / (N² τ)),

    clipped to [0, 1]; 0.0 for fewer than two spikes. tau and duration T in s. Where C is small it
    is close to the estimate by Hill et al. 2011, who take all foreign spikes to be of one neuron.
    """
    n, N, T = refractory_pairs(t, tau), len(t), _positive(duration, "duration")
    return float(1 - np.sqrt(max(0.0, 1 - n * T / (N**2 * tau)))) if N > 1 else 0.0


def merge_duplicates(t, within=0.5e-3):
    """Drop every spike less than `within` s after the last one kept; return the times kept.

    No neuron fires twice in half a millisecond: a second detection that close is the same spike
    on another channel or at a side peak. Left in, it looks like a broken refractory period.
    """
    t, within = _times(t, "t"), _positive(within, "within")
    while True:
        close = np.diff(t, prepend=-np.inf) < within
        close[1:] &= ~close[:-1]  # a spike is dropped only where the one before it stays
        if not close.any():
            return t.copy()
        t = t[~close]


def _bins(bin_size, window):
    """Return M and the centres of the 2 M + 1 bins (s)."""
    M = round(_positive(window, "window") / _positive(bin_size, "bin_size"))
    return M, np.arange(-M, M + 1) * bin_size


def _bin_of_lag(samples, bin_samples, M):
    """Return the bins of the lags 0, 1, 2, … samples that are inside the window and can occur."""
    longest = min(int(samples[-1]) - int(samples[0]), int((M + 1) * bin_samples))
    bins = np.floor(np.arange(longest + 1) / bin_samples + 0.5 + ON_EDGE)
    return bins[bins <= M].astype(np.int64)


def _number(units):
    """Return the distinct unit ids, ascending, and the place of every spike's unit among them."""
    if len(units) and units.min() >= 0 and units.max() < 1000 + len(units):  # spares a sort
        present = np.bincount(units.astype(np.intp, copy=False)) > 0
        return np.flatnonzero(present).astype(units.dtype), (np.cumsum(present) - 1)[units]
    return np.unique(units, return_inverse=True)


def _one_dimensional(values, name, dtype=None):
    array = np.asarray(values, dtype=dtype)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, one spike each, but is {array.shape}.")
    return array


def _times(values, name):
    t = _one_dimensional(values, name, float)
    if not np.isfinite(t).all():
        raise ValueError(f"{name} holds NaN or infinite times: leave those spikes out.")
    return _ascending(t, name)


def _whole_numbers(values, name):
    array = _one_dimensional(values, name)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be integers, not {array.dtype}: from s, round(t · fs).")
    # Narrow types would overflow in differences; only uint64 has numbers that int64 cannot hold.
    return array if array.dtype == np.uint64 else array.astype(np.int64, copy=False)


def _ascending(t, name):
    if len(t) and not (t[1:] >= t[:-1]).all():
        i = int(np.argmax(t[1:] < t[:-1])) + 1
        raise ValueError(f"{name} is not sorted by time: {name}[{i}] = {t[i]} after {t[i - 1]}.")
    return t


def _positive(value, name):
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be above 0 and finite, but is {value!r}.")
    return value
