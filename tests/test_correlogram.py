"""helpers.correlogram against counts made pair by pair, and against facts of point processes.

`pair_by_pair` takes every ordered pair of two different spikes in plain integers and puts its lag
into a bin with exact fractions: no sorting, no symmetry, no rounding. Facts about random trains are
compared over many trains, five standard errors wide.
"""

import tracemalloc
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from helpers import correlogram as module
from helpers.correlogram import (
    all_correlograms,
    contamination,
    correlogram,
    cross_time_diff,
    expected_counts,
    merge_duplicates,
    refractory_pairs,
    refractory_violations,
)


def pair_by_pair(samples, units, bin_samples, M):
    """Correlograms (K, K, 2 M + 1) of whole-number spikes; bin_samples a whole number or Fraction."""
    samples, units = [int(t) for t in samples], [int(u) for u in units]
    ids = sorted(set(units))
    counts = np.zeros((len(ids), len(ids), 2 * M + 1), dtype=int)
    for first, (t1, u1) in enumerate(zip(samples, units, strict=True)):
        for second, (t2, u2) in enumerate(zip(samples, units, strict=True)):
            lag = t2 - t1
            k = floor(Fraction(abs(lag)) / Fraction(bin_samples) + Fraction(1, 2))
            if first != second and k <= M:
                counts[ids.index(u1), ids.index(u2), M + (k if lag > 0 else -k)] += 1
    return counts, ids


def dense_spikes(seed, n=60, K=4, span=120):
    """So many spikes in so few samples that many coincide and many lags are on edges."""
    rng = np.random.default_rng(seed)
    return np.sort(rng.integers(0, span, n)), rng.integers(0, K, n)


def poisson(rng, rate, duration):
    return np.sort(rng.uniform(0, duration, rng.poisson(rate * duration)))


def assert_mean(values, expected):
    """The mean of independent values is within five standard errors of the expected one."""
    values = np.asarray(values, dtype=float)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0) - expected) < 5 * error).all()


# ---- all pairs of units


def test_golden_case():
    samples, units = [2, 3, 10, 12, 20, 24, 30, 40], [0, 1, 0, 0, 2, 1, 0, 2]
    counts, ids, centers = all_correlograms(samples, units, 1, 1, 3)
    found = {(i, j, centers[k]): counts[i, j, k] for i, j, k in np.argwhere(counts)}
    assert found == {(0, 1, 1): 1, (0, 0, 2): 1, (1, 0, -1): 1, (0, 0, -2): 1}
    assert ids.tolist() == [0, 1, 2]
    assert centers.tolist() == [-3, -2, -1, 0, 1, 2, 3]


@pytest.mark.parametrize("bin_samples", [1, 2, 3, 10, Fraction(5, 2), Fraction(17, 8)])
@pytest.mark.parametrize("seed", range(5))
def test_every_pair_is_counted_in_its_bin(seed, bin_samples):
    samples, units = dense_spikes(seed)
    counts, ids, centers = all_correlograms(samples, units, 1, float(bin_samples), 4 * bin_samples)
    expected, expected_ids = pair_by_pair(samples, units, bin_samples, 4)
    np.testing.assert_array_equal(counts, expected)
    assert ids.tolist() == expected_ids
    np.testing.assert_allclose(centers, np.arange(-4, 5) * float(bin_samples), rtol=1e-15)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 8, 9, 50])
@pytest.mark.parametrize("K", [1, 3])
def test_blocks_and_batches_leave_no_seams(n, K, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 4)
    monkeypatch.setattr(module, "HELD", 5)
    samples, units = dense_spikes(n, n, K, span=30)
    counts, _, _ = all_correlograms(samples, units, 1, 3, 12)
    np.testing.assert_array_equal(counts, pair_by_pair(samples, units, 3, 4)[0])


@pytest.mark.parametrize(
    ("dtype", "offset"),
    [
        (np.int16, -60),
        (np.uint8, 100),
        (np.int32, 2**31 - 200),
        (np.int64, -(2**62)),
        (np.uint64, 0),
        (np.uint64, 2**63 - 60),
        (np.uint64, 2**64 - 200),
    ],
)
def test_any_integers_will_do(dtype, offset):
    samples, units = dense_spikes(1)
    shifted = np.array([int(t) + offset for t in samples], dtype=dtype)
    counts, ids, _ = all_correlograms(shifted, units.astype(np.uint64), 1, 3, 12)
    np.testing.assert_array_equal(counts, pair_by_pair(samples, units, 3, 4)[0])
    assert ids.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "ids", [[3, 700, 701, 90_000], [-5, 0, 2, 10**12], [-5, 0, 2, 4], [7, 8, 9, 1059]]
)
def test_unit_ids_may_be_sparse(ids):
    samples, units = dense_spikes(2)
    counts, found, _ = all_correlograms(samples, np.array(ids)[units], 1, 3, 12)
    np.testing.assert_array_equal(counts, pair_by_pair(samples, units, 3, 4)[0])
    assert found.tolist() == ids


def test_recordings_longer_than_32_bits():
    samples, units = dense_spikes(3)
    far = np.concatenate([samples, samples + 2**31 - 60, samples + 2**31 + 2**32])
    counts, _, _ = all_correlograms(far, np.tile(units, 3), 1, 3, 12)
    np.testing.assert_array_equal(counts, pair_by_pair(far, np.tile(units, 3), 3, 4)[0])


def test_window_wider_than_the_recording():
    samples, units = dense_spikes(4, n=20, span=30)
    counts, _, _ = all_correlograms(samples, units, 1, 2, 5000)
    np.testing.assert_array_equal(counts, pair_by_pair(samples, units, 2, 2500)[0])
    counts, _, _ = all_correlograms(samples, units, 30_000, 1e5, 1e6)  # 3e10 samples
    assert counts[:, :, 10].sum() == counts.sum() == 20 * 19


def test_no_spikes_and_no_pairs():
    counts, ids, centers = all_correlograms([], [], 30_000, 1e-3, 0.03)
    assert counts.shape == (0, 0, 61)
    assert len(ids) == 0
    assert len(centers) == 61
    assert all_correlograms([5], [2], 30_000, 1e-3, 0.03)[0].tolist() == [[[0] * 61]]


def test_mirror_symmetry_is_exact_with_lags_on_edges():
    samples, units = dense_spikes(5, n=400, span=2000)
    counts, _, _ = all_correlograms(samples, units, 30_000, 1e-3, 0.01)
    np.testing.assert_array_equal(counts, counts.transpose(1, 0, 2)[:, :, ::-1])
    on_edge = np.abs(samples[:, None] - samples) % 30 == 15
    assert on_edge.sum() > 1000


def test_lags_on_an_edge_count_away_from_zero():
    # Bins of 30 samples, M = 2: the edges are at 15, 45 and 75; at 75 a lag is outside.
    for lag, k in [(14, 0), (15, 1), (44, 1), (45, 2), (74, 2), (75, None)]:
        counts, _, centers = all_correlograms([100, 100 + lag], [0, 1], 30_000, 1e-3, 2e-3)
        after = np.zeros(5, dtype=int)
        if k is not None:
            after[2 + k] = 1
        np.testing.assert_array_equal(counts[0, 1], after)
        np.testing.assert_array_equal(counts[1, 0], after[::-1])
        for t1, t2, expected in (
            ([0.2], [0.2 + lag / 3e4], after),
            ([9.0], [9 - lag / 3e4], after[::-1]),
        ):
            np.testing.assert_array_equal(correlogram(t1, t2, 1e-3, 2e-3)[0], expected)
    assert centers == pytest.approx([-2e-3, -1e-3, 0, 1e-3, 2e-3])


def test_a_rounding_error_of_the_bin_moves_no_edge():
    bin_size = 18 * 1e-4
    assert (
        bin_size * 30_000 > 54
    )  # by one rounding error: 27, 81, … would no longer reach the edges
    samples, units = dense_spikes(8, span=600)
    counts, _, _ = all_correlograms(samples, units, 30_000, bin_size, 5 * bin_size)
    np.testing.assert_array_equal(counts, pair_by_pair(samples, units, 54, 5)[0])


def test_labels_of_merged_units_add_up():
    samples, units = dense_spikes(6)
    apart, _, _ = all_correlograms(samples, units, 1, 3, 12)
    merged, _, _ = all_correlograms(samples, np.where(units == 1, 0, units), 1, 3, 12)
    np.testing.assert_array_equal(merged[0, 0], apart[:2, :2].sum(axis=(0, 1)))
    np.testing.assert_array_equal(merged[0, 1:], apart[:2, 2:].sum(axis=0))


def test_memory_does_not_grow_with_the_number_of_pairs():
    rng = np.random.default_rng(0)
    samples, units = np.sort(rng.integers(0, 30_000_000, 1_000_000)), rng.integers(0, 30, 1_000_000)
    all_correlograms(samples[:1000], units[:1000], 30_000, 1e-3, 0.03)
    tracemalloc.start()
    counts, _, _ = all_correlograms(samples, units, 30_000, 1e-3, 0.03)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    n_pairs = counts.sum() // 2
    assert n_pairs > 29_000_000
    assert peak < 100 * 2**20 < 4 * n_pairs


# ---- two trains


@pytest.mark.parametrize("offset", [0.0, 10_000.0])
@pytest.mark.parametrize(("bin_size", "window"), [(1e-3, 0.03), (5e-4, 0.01), (7e-4, 0.02)])
def test_seconds_and_samples_give_the_same_counts(bin_size, window, offset):
    fs = 30_000
    samples, units = dense_spikes(7, n=500, K=3, span=6000)
    samples = samples + int(offset * fs)
    counts, ids, centers = all_correlograms(samples, units, fs, bin_size, window)
    trains = [samples[units == u] / fs for u in ids]
    for i, t1 in enumerate(trains):
        for j, t2 in enumerate(trains):
            found, found_centers = correlogram(t1, t2, bin_size, window, auto=i == j)
            np.testing.assert_array_equal(found, counts[i, j])
            np.testing.assert_array_equal(found_centers, centers)


@pytest.mark.parametrize("n2", [0, 1, 3, 40])
@pytest.mark.parametrize("n1", [0, 1, 3, 40])
def test_swapping_or_reversing_mirrors(n1, n2):
    rng = np.random.default_rng(n1 + 100 * n2)
    t1, t2 = np.sort(rng.uniform(0, 0.1, n1)), np.sort(rng.uniform(0, 0.1, n2))
    counts, _ = correlogram(t1, t2, 1e-3, 0.03)
    expected = np.histogram((t2 - t1[:, None]).ravel(), (np.arange(62) - 30.5) * 1e-3)[0]
    np.testing.assert_array_equal(counts, expected)
    np.testing.assert_array_equal(correlogram(t2, t1, 1e-3, 0.03)[0], counts[::-1])
    np.testing.assert_array_equal(correlogram(-t1[::-1], -t2[::-1], 1e-3, 0.03)[0], counts[::-1])


def test_auto_leaves_out_each_spike_with_itself():
    t = np.array([1.0, 1.0, 1.0, 1.0021, 2.0])  # three spikes at one time: six ordered pairs
    auto, _ = correlogram(t, t, 1e-3, 3e-3, auto=True)
    assert auto.tolist() == [0, 3, 0, 6, 0, 3, 0]
    every, _ = correlogram(t, t.copy(), 1e-3, 3e-3)
    assert (every - auto).tolist() == [0, 0, 0, 5, 0, 0, 0]


def test_a_shifted_copy_peaks_at_the_shift():
    t = poisson(np.random.default_rng(0), 20, 60)
    counts, centers = correlogram(t, t + 0.0072, 1e-3, 0.03)
    assert centers[counts.argmax()] == pytest.approx(7e-3)
    assert counts.max() >= len(t)


def test_n_bins_is_odd_and_window_is_the_half_width():
    for bin_size, window, M in [(1e-3, 0.03, 30), (2e-3, 0.03, 15), (0.1, 0.3, 3), (1, 0.4, 0)]:
        counts, centers = correlogram([1.0], [1.0], bin_size, window)
        np.testing.assert_allclose(centers, np.arange(-M, M + 1) * bin_size)
        assert len(counts) == 2 * M + 1
        assert counts[M] == counts.sum() == 1


def test_long_trains_need_no_difference_matrix():
    t = poisson(np.random.default_rng(1), 31, 1100)
    tracemalloc.start()
    counts, _ = correlogram(t, t, 1e-3, 0.03, auto=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(t) > 30_000
    assert counts.sum() > 30_000
    assert peak < 16 * 2**20


def test_cross_time_diff_subtracts_the_second_train():
    difference = cross_time_diff([1, 2, 5], np.array([3, 1], dtype=np.uint8))
    assert difference.tolist() == [[-2, 0], [-1, 1], [2, 4]]
    assert cross_time_diff([], [1.0]).shape == (0, 1)


def test_arguments_stay_as_they_were():
    t, units = np.array([1, 1, 3, 5]), np.array([1, 0, 1, 0])
    for array in (t, units):
        array.flags.writeable = False
    all_correlograms(t, units, 1, 1, 3)
    correlogram(t, t, 1, 3)
    times = np.array([0.0, 1.0])
    assert not np.shares_memory(merge_duplicates(times), times)


# ---- what to expect


def test_expected_counts_of_independent_trains():
    rng = np.random.default_rng(2)
    T, b, window, n1, n2 = 10.0, 0.5, 6.0, 40, 70  # a window so wide that the overlap matters
    trains = [np.sort(rng.uniform(0, T, n)) for n in [n1, n2] * 400]
    pairs = zip(trains[::2], trains[1::2], strict=True)
    counts = [correlogram(t1, t2, b, window)[0] for t1, t2 in pairs]
    centers = correlogram([], [], b, window)[1]
    expected = expected_counts(n1, n2, centers, b, T)
    expected[len(centers) // 2] *= (T - b / 4) / T  # |τ| is b/4 on average in the central bin
    assert_mean(counts, expected)


def test_expected_counts_are_zero_beyond_the_recording():
    assert expected_counts(10, 20, [-12.0, 0.0, 5.0, 10.0], 1e-3, 10.0).tolist() == pytest.approx(
        [0, 0.02, 0.01, 0]
    )


# ---- the refractory period


def test_violations_are_strictly_shorter_intervals():
    assert refractory_violations([0.0, 0.25, 0.5, 0.625, 2.0], 0.25) == 0.25
    assert refractory_violations([0.0, 0.0], 1e-9) == 1.0
    assert refractory_violations([], 0.002) == refractory_violations([3.0], 0.002) == 0.0


def test_a_poisson_train_violates_with_the_exponential_probability():
    rng = np.random.default_rng(3)
    shares = [
        refractory_violations(np.cumsum(rng.exponential(1 / 20, 500)), 0.01) for _ in range(200)
    ]
    assert_mean(shares, 1 - np.exp(-20 * 0.01))


@pytest.mark.parametrize("n", [0, 1, 2, 30])
def test_refractory_pairs_are_counted_once(n):
    t = np.sort(np.random.default_rng(n).integers(0, 40, n)) / 64
    expected = sum(abs(a - b) < 5 / 64 for i, a in enumerate(t) for b in t[:i])
    assert refractory_pairs(t, 5 / 64) == expected


@pytest.mark.parametrize("C", [0.0, 0.05, 0.2, 0.6])
def test_contamination_is_recovered(C):
    rng = np.random.default_rng(4)
    tau, T, n = 0.003, 600.0, 6000
    pairs, estimates = [], []
    for _ in range(40):
        own = np.cumsum(2 * tau + rng.exponential(T / n - 2 * tau, 2 * n))
        own = own[own < T]
        t = np.sort(np.concatenate([own, rng.uniform(0, T, round(C / (1 - C) * len(own)))]))
        pairs.append(refractory_pairs(t, tau) / (len(t) ** 2 * tau / T))
        estimates.append(contamination(t, tau, T))
    if C == 0:
        assert estimates == [0.0] * 40
    else:
        assert_mean(pairs, 1 - (1 - C) ** 2)
        assert np.mean(estimates) == pytest.approx(C, abs=0.01)


def test_contamination_by_hand_and_at_its_ends():
    # One pair in four spikes: n T / (N² τ) = 1 · 12 / (16 · 1) = 3/4.
    assert contamination([0.0, 0.5, 4.0, 8.0], 1.0, 12.0) == 0.5
    assert contamination([0.0, 0.1, 0.2, 0.3], 1.0, 100.0) == 1.0
    assert contamination([0.0], 1.0, 10.0) == contamination([], 1.0, 10.0) == 0.0
    assert isinstance(contamination([0.0, 0.1], 1.0, 100.0), float)


@pytest.mark.parametrize("seed", range(10))
def test_merging_keeps_what_is_far_enough_from_the_last_kept(seed):
    t = np.sort(np.random.default_rng(seed).integers(0, 300, 10 * seed)) / 64
    kept = []
    for time in t:
        if not kept or time - kept[-1] >= 4 / 64:
            kept.append(time)
    merged = merge_duplicates(t, 4 / 64)
    assert merged.tolist() == kept
    assert merge_duplicates(merged, 4 / 64).tolist() == kept


def test_merging_is_no_chain():
    assert merge_duplicates([0.0, 0.0004, 0.0008, 0.0012, 1.0]).tolist() == [0.0, 0.0008, 1.0]


# ---- arguments that cannot be used


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: correlogram([2.0, 1.0], [1.0], 1e-3, 0.03),
            r"t1 is not sorted by time: t1\[1\] = 1.0",
        ),
        (lambda: correlogram([1.0], [[1.0]], 1e-3, 0.03), r"t2 must be one-dimensional.*\(1, 1\)"),
        (lambda: correlogram([1.0], [np.nan], 1e-3, 0.03), "t2 holds NaN"),
        (lambda: correlogram([1.0], [1.0], 0, 0.03), "bin_size must be above 0"),
        (lambda: correlogram([1.0], [1.0], -1e-3, 0.03), "bin_size must be above 0"),
        (lambda: correlogram([1.0], [1.0], 1e-3, -0.03), "window must be above 0"),
        (lambda: correlogram([1.0], [1.0], 1e-3, np.inf), "window must be above 0 and finite"),
        (lambda: correlogram([1.0], [2.0], 1e-3, 0.03, auto=True), "t1 and t2 differ"),
        (lambda: cross_time_diff(1.0, [1.0]), "t1 must be one-dimensional"),
        (lambda: all_correlograms([1, 2], [0], 1, 1, 3), "2 spikes, but units 1"),
        (lambda: all_correlograms([2, 1], [0, 0], 1, 1, 3), "samples is not sorted"),
        (lambda: all_correlograms([0.1, 0.2], [0, 0], 1, 1, 3), "samples must be integers"),
        (lambda: all_correlograms([1, 2], [0.0, 0.5], 1, 1, 3), "units must be integers"),
        (lambda: all_correlograms([1, 2], [0, 0], 0, 1, 3), "fs must be above 0"),
        (lambda: all_correlograms([1, 2], [0, 0], 1, np.nan, 3), "bin_size must be above 0"),
        (lambda: all_correlograms([1, 2], [0, 0], 100, 1e-3, 3), "less than one sample"),
        (lambda: expected_counts(1, 1, [0.0], 1e-3, 0), "duration must be above 0"),
        (lambda: refractory_violations([2.0, 1.0], 0.002), "t is not sorted"),
        (lambda: refractory_pairs([1.0], 0), "tau must be above 0"),
        (lambda: contamination([1.0, 2.0], 0.002, -1), "duration must be above 0"),
        (lambda: merge_duplicates([2.0, 1.0]), "t is not sorted"),
        (lambda: merge_duplicates([1.0], 0), "within must be above 0"),
    ],
)
def test_errors_say_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()
