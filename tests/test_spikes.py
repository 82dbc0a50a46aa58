"""helpers.spikes against facts of filters and noise, plain loops, scipy, and simulated truth.

Statistical bounds are five standard errors wide.
"""

import tracemalloc
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import signal, stats

from helpers import mixture, spikes
from helpers.data import load_recording, load_session
from helpers.simulate import simulate_recording
from helpers.spikes import (
    detect_spikes,
    extract_features,
    extract_waveforms,
    filter_signal,
    match_spikes,
    principal_axes,
    remove_line_noise,
    score_sorting,
    stream_spikes,
)

FS = 30_000


@pytest.fixture(scope="module")
def recording():
    return load_recording()


@pytest.fixture(scope="module")
def filtered(recording):
    return filter_signal(recording.voltage(), recording.fs, 500, 4000)


def noise(n, channels=None, seed=0):
    return np.random.default_rng(seed).standard_normal(n if channels is None else (n, channels))


def response(change, f, seconds=4.0):
    """Return the complex gain at f (Hz) in the middle of a long sine."""
    t = np.arange(int(seconds * FS)) / FS
    y = change(np.cos(2 * np.pi * f * t))
    middle = slice(len(t) // 4, 3 * len(t) // 4)
    basis = np.c_[np.cos(2 * np.pi * f * t), np.sin(2 * np.pi * f * t)][middle]
    a, b = np.linalg.lstsq(basis, y[middle], rcond=None)[0]
    return a - 1j * b


def streamed(x, **options):
    parts = list(stream_spikes(x, FS, **options))
    return np.concatenate([s for s, _ in parts]), np.concatenate([w for _, w in parts])


# ---- filters


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize(("f", "gain"), [(500, 0.5), (4000, 0.5), (np.sqrt(500 * 4000), 1.0)])
def test_the_gain_is_a_half_at_both_edges_and_one_between_without_phase(order, f, gain):
    found = response(lambda x: filter_signal(x, FS, 500, 4000, order), f)
    assert found.real == pytest.approx(gain, abs=0.01 if gain == 1 else 1e-6)
    assert found.imag == pytest.approx(0, abs=1e-6)


def test_slow_potentials_hum_and_offsets_are_gone():
    for f in (5, 50):
        assert abs(response(lambda x: filter_signal(x, FS, 500, 4000), f)) < 1e-5
    assert np.abs(filter_signal(np.full(3000, 1e4), FS, 500, 4000)).max() < 1e-6


def test_a_reversed_signal_is_filtered_to_the_reversed_result():
    x = np.zeros(6000)
    x[2500:2700] = noise(200)
    y = filter_signal(x, FS, 500, 4000)
    np.testing.assert_allclose(filter_signal(x[::-1], FS, 500, 4000)[::-1], y, atol=1e-9)


@pytest.mark.parametrize("freq", [50.0, 60.0])
@pytest.mark.parametrize("q", [5.0, 30.0])
def test_the_notch_removes_its_frequency_and_is_a_half_at_its_edges(freq, q):
    def change(x):
        return remove_line_noise(x, FS, freq, q)

    assert abs(response(change, freq, 20.0)) < 1e-3
    for side in (-1, 1):
        edge = freq * (np.sqrt(1 + 1 / (4 * q**2)) + side / (2 * q))
        found = response(change, edge, 20.0)
        assert found.real == pytest.approx(0.5, abs=0.01)
        assert found.imag == pytest.approx(0, abs=0.01)
    assert abs(response(change, 8 * freq)) == pytest.approx(1, abs=0.01)


FILTERS = {
    "band": lambda x: filter_signal(x, FS, 300, 6000),
    "notch": lambda x: remove_line_noise(x, FS),
}


@pytest.mark.parametrize("change", FILTERS.values(), ids=FILTERS)
def test_filters_give_back_the_form_they_got(change):
    x = np.round(100 * noise(500, 4))
    y = change(x)
    assert y.shape == x.shape
    for channel in range(4):
        np.testing.assert_allclose(change(x[:, channel]), y[:, channel], atol=1e-9)
    np.testing.assert_array_equal(change(x.astype(np.int16)), y)
    np.testing.assert_array_equal(change(x.tolist()), y)
    frame = pd.DataFrame(x, columns=list("abcd"), index=np.arange(500) / FS)
    same = change(frame)
    pd.testing.assert_frame_equal(same, pd.DataFrame(y, columns=frame.columns, index=frame.index))
    series = change(frame["b"])
    assert isinstance(series, pd.Series) and series.name == "b"
    np.testing.assert_array_equal(frame, x)


@pytest.mark.parametrize("change", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("n", [0, 1, 2, 9, 10, 21, 22])
def test_short_signals_are_filtered_too(change, n):
    y = change(noise(n, 2))
    assert y.shape == (n, 2) and np.isfinite(y).all()


# ---- detection


@pytest.mark.parametrize("N", [3.5, 4.0])
def test_white_noise_crosses_the_threshold_as_often_as_a_gaussian(N):
    n = 3_000_000
    x = noise(n, seed=1)
    s, _, thrd = detect_spikes(x, FS, N=N, lockout=1000 / FS)
    # σ from the median has a relative standard error of 1.17/√(2n)·√2 at most
    assert thrd == pytest.approx(-N, rel=5 * 1.17 / np.sqrt(n))
    expected = n * stats.norm.sf(N)
    assert len(s) == pytest.approx(expected, abs=5 * np.sqrt(expected) + 0.002 * expected)


def test_sigma_is_the_median_of_each_channel_and_not_moved_by_spikes():
    x = noise(200_000, 2) * [1.0, 10.0]
    before = detect_spikes(x, FS)[2]
    x[::200] -= 1000  # one sample in two hundred
    after = detect_spikes(x, FS)[2]
    np.testing.assert_allclose(before, -5 * np.array([1.0, 10.0]), rtol=0.02)
    np.testing.assert_allclose(after, before, rtol=0.01)
    assert x.std() > 5 * np.abs(after / 5).max()


@pytest.mark.parametrize("lockout", [1, 2, 5, 30, 77])
@pytest.mark.parametrize("channels", [1, 3])
def test_spikes_are_the_peaks_scipy_finds_in_the_depth(lockout, channels):
    x = noise(20_000, channels, seed=lockout)
    s, t, thrd = detect_spikes(x, FS, N=1.0, lockout=lockout * 1000 / FS)
    peaks, _ = signal.find_peaks((x / thrd).max(axis=1), height=1, distance=lockout)
    np.testing.assert_array_equal(s, peaks)
    assert len(s) > 100
    np.testing.assert_allclose(t, s / 30)
    assert np.diff(s).min() >= lockout


def quiet(n=3000, channels=4, seed=0):
    return 0.1 * noise(n, channels, seed)


def test_a_silenced_candidate_silences_nothing():
    x = quiet(channels=1)
    x[[1000, 1025, 1050], 0] = -5, -6, -7
    assert detect_spikes(x, FS)[0].tolist() == [1000, 1050]


def test_one_spike_on_four_channels_counts_once_at_the_trough_of_the_deepest():
    x = quiet()
    for channel, (at, depth) in enumerate([(998, 3), (1001, 9), (1003, 4), (1010, 8)]):
        x[at, channel] = -depth
    s, t, thrd = detect_spikes(x, FS)
    assert s.tolist() == [1001] and t.tolist() == [1001 / 30] and thrd.shape == (4,)


def test_depth_is_in_units_of_each_channels_own_noise():
    x = quiet(channels=2) * [1, 50]
    x[1000, 0], x[1008, 1] = -2, -60  # 20 σ against 12 σ
    assert detect_spikes(x, FS)[0].tolist() == [1000]


def test_only_negative_spikes_count_and_of_equal_samples_the_first():
    x = quiet(channels=1)
    x[500], x[1000:1004] = 9, -9
    assert detect_spikes(x, FS)[0].tolist() == [1000]


def test_one_channel_gives_one_number_and_a_dead_channel_nothing():
    x = quiet(channels=2)
    x[700] = -5
    s, _, thrd = detect_spikes(x[:, 0], FS)
    assert s.tolist() == [700] and isinstance(thrd, float)
    x[:, 1] = 0
    x[1500, 1] = -5
    assert detect_spikes(x, FS)[0].tolist() == [700]
    assert len(detect_spikes(np.zeros((100, 4)), FS)[0]) == 0


def test_a_descent_into_either_end_is_no_trough():
    x = quiet(200, 1)
    x[:3, 0], x[-3:, 0] = [-9, -8, -7], [-7, -8, -9]
    assert len(detect_spikes(x, FS)[0]) == 0


# ---- waveforms


def test_waveforms_are_the_samples_around_the_troughs():
    x = noise(300, 4)
    s = np.array([9, 10, 100, 280, 281])
    assert spikes.fits(s, 300).tolist() == [False, True, True, True, False]
    w = extract_waveforms(x, s)
    assert w.shape == (3, 30, 4)
    for waveform, at in zip(w, (10, 100, 280), strict=True):
        np.testing.assert_array_equal(waveform, x[at - 10 : at + 20])
    np.testing.assert_array_equal(extract_waveforms(x[:, 0], s)[:, :, 0], w[:, :, 0])
    np.testing.assert_array_equal(extract_waveforms(pd.DataFrame(x), s.astype(float)), w)


@pytest.mark.parametrize("upsample", [1, 4])
def test_no_spikes_and_signals_shorter_than_a_window_give_no_waveforms(upsample):
    assert extract_waveforms(noise(100, 4), [], upsample).shape == (0, 30, 4)
    assert extract_waveforms(noise(29, 4), [10, 15], upsample).shape == (0, 30, 4)
    assert extract_waveforms(noise(0), [], upsample).shape == (0, 30, 1)


def test_upsampling_moves_every_trough_to_the_same_place():
    def pulse(t):
        return np.c_[-80 * np.exp(-0.5 * (t / 4) ** 2), -30 * np.exp(-0.5 * ((t - 2) / 5) ** 2)]

    offsets = np.linspace(-0.45, 0.45, 19)
    s = 50 + 100 * np.arange(len(offsets))
    t = np.arange(s[-1] + 100)
    x = sum(pulse(t - at - shift) for at, shift in zip(s, offsets, strict=True))
    expected = pulse(np.arange(30.0) - 10)
    plain, moved = extract_waveforms(x, s), extract_waveforms(x, s, upsample=16)
    steepest = 80 * np.exp(-0.5) / 4  # µV per sample
    assert np.abs(plain - expected).max() > 0.4 * steepest
    assert np.abs(moved - expected).max() < 1.1 / 32 * steepest + 0.05
    np.testing.assert_allclose(moved[9], plain[9], atol=1e-9)  # no offset, nothing to move


# ---- features


def test_scores_are_centred_uncorrelated_and_have_the_largest_variances():
    w = noise(400, 30 * 4).reshape(400, 30, 4) * np.linspace(3, 1, 30)[:, None] + 7
    b = extract_features(w)
    assert b.shape == (400, 12)
    np.testing.assert_allclose(b.mean(axis=0), 0, atol=1e-12)
    for c in range(4):
        eigenvalues = np.linalg.eigvalsh(np.cov(w[:, :, c].T))[::-1][:3]
        np.testing.assert_allclose(
            np.cov(b[:, 3 * c : 3 * c + 3].T), np.diag(eigenvalues), atol=1e-10
        )


def test_axes_are_those_of_the_singular_value_decomposition_with_the_trough_down():
    w = noise(50, 30 * 2).reshape(50, 30, 2)
    means, axes = principal_axes(w)
    for c in range(2):
        np.testing.assert_allclose(means[c], w[:, :, c].mean(axis=0))
        right = np.linalg.svd(w[:, :, c] - means[c])[2][:3]
        np.testing.assert_allclose(np.abs(np.sum(right * axes[c], axis=1)), 1)
        assert (axes[c][range(3), np.abs(axes[c]).argmax(axis=1)] < 0).all()


def test_a_channel_twice_as_large_has_features_twice_as_large():
    w = noise(100, 30 * 4).reshape(100, 30, 4)
    twice = w * [1, 2, 1, 1]
    np.testing.assert_allclose(
        extract_features(twice), extract_features(w) * np.repeat([1, 2, 1, 1], 3), atol=1e-10
    )


def test_the_features_that_ship_are_those_of_the_waveforms_that_ship():
    session = load_session()
    b = extract_features(session.waveforms)
    np.testing.assert_allclose(b, session.features, atol=0.5 / 64 + 1e-4)  # rounded to 1/64 µV


@pytest.mark.parametrize("n", [0, 1, 2])
def test_features_of_very_few_spikes(n):
    b = extract_features(noise(n, 120, seed=3).reshape(n, 30, 4))
    assert b.shape == (n, 12) and np.isfinite(b).all()
    assert n != 1 or not b.any()


# ---- scores


def test_scores_by_hand():
    true = [1, 1, 1, 1, 2, 2, 3, 7]
    labels = [5, 5, 5, 8, 8, 8, 8, 8]
    precision, recall, match = score_sorting(true, labels)
    np.testing.assert_allclose(precision, [1, 2 / 5, 0, 0])
    np.testing.assert_allclose(recall, [3 / 4, 1, 0, 0])
    assert match.tolist() == [5, 8, -1, -1]


@pytest.mark.parametrize("seed", range(20))
def test_the_assignment_has_the_largest_overlap_of_all(seed):
    rng = np.random.default_rng(seed)
    n_units, n_clusters = rng.integers(1, 6, 2)
    true, labels = rng.integers(0, n_units, 40), rng.integers(0, n_clusters, 40) ** 2 - 1
    units, clusters = np.unique(true), list(np.unique(labels))
    precision, recall, match = score_sorting(true, labels)
    options = permutations(clusters + [None] * len(units), len(units))
    best = max(
        sum(
            np.sum((true == u) & (labels == k))
            for u, k in zip(units, o, strict=True)
            if k is not None
        )
        for o in set(options)
    )
    sizes = np.array([np.sum(true == u) for u in units])
    assert recall @ sizes == pytest.approx(best)
    shared = [np.sum((true == u) & (labels == k)) for u, k in zip(units, match, strict=True)]
    for i, n in enumerate(shared):
        if recall[i] > 0:
            assert recall[i] == pytest.approx(n / sizes[i])
            assert precision[i] == pytest.approx(n / np.sum(labels == match[i]))
        else:
            assert precision[i] == 0 and match[i] == -1
    used = match[recall > 0]
    assert len(set(used)) == len(used)


def test_renamed_clusters_score_the_same_and_no_spikes_score_nothing():
    true, labels = np.random.default_rng(0).integers(0, 5, (2, 200))
    precision, recall, match = score_sorting(true, labels)
    other = score_sorting(true, 100 - labels)
    np.testing.assert_array_equal(other[0], precision)
    np.testing.assert_array_equal(other[1], recall)
    np.testing.assert_array_equal(other[2], 100 - match)
    assert [len(part) for part in score_sorting([], [])] == [0, 0, 0]


def test_pairs_of_spikes_by_hand():
    assert match_spikes([0, 10, 20, 30], [9.5, 10.2, 30.5], 0.5).tolist() == [-1, 1, -1, 2]
    assert match_spikes([0.0, 0.4], [0.45], 0.5).tolist() == [-1, 0]
    assert match_spikes([1, 2], [], 5).tolist() == [-1, -1]
    assert match_spikes([], [1, 2], 5).tolist() == []


@pytest.mark.parametrize("seed", range(10))
def test_no_two_spikes_would_rather_be_paired_with_each_other(seed):
    rng = np.random.default_rng(seed)
    true, found = np.sort(rng.uniform(0, 30, 40)), np.sort(rng.uniform(0, 30, 30))
    match = match_spikes(true, found, 0.8)
    partner = {j: i for i, j in enumerate(match) if j >= 0}
    assert len(partner) == np.sum(match >= 0) > 5
    for i, t in enumerate(true):
        for j, f in enumerate(found):
            if abs(t - f) <= 0.8 and match[i] != j:
                rivals = [abs(t - found[match[i]])] if match[i] >= 0 else []
                rivals += [abs(true[partner[j]] - f)] if j in partner else []
                assert rivals and min(rivals) < abs(t - f)


# ---- truth


def close(recording, s):
    """True spikes that a threshold has to find: large, and nothing else within 1.5 ms that is."""
    large = recording.true_times[recording.true_peaks > 100]
    gaps = np.diff(large, prepend=-1000, append=10**9)
    alone = np.minimum(gaps[:-1], gaps[1:]) > 45
    wanted = large[alone & (recording.true_peaks[recording.true_peaks > 100] > 320)]
    recall = np.mean(match_spikes(wanted, s, 15) >= 0)
    precision = np.sum(match_spikes(recording.true_times[recording.true_peaks > 60], s, 15) >= 0)
    return len(wanted), recall, precision / len(s)


@pytest.mark.parametrize("seed", [None, 11, 12])
def test_spikes_of_simulated_recordings_are_found_and_little_else(recording, filtered, seed):
    y = filtered
    if seed:
        recording = simulate_recording(15.0, seed)
        y = filter_signal(recording.voltage(), FS, 500, 4000)
    n, recall, precision = close(recording, detect_spikes(y, FS)[0])
    assert n > 15
    assert recall > 0.99
    assert precision > 0.98


def test_the_spike_set_that_ships_is_found_again_in_its_first_minute(filtered):
    s = detect_spikes(filtered, FS)[0]
    known = load_session().spiketimes_s
    until = len(filtered) - 300
    np.testing.assert_array_equal(s[s < until], known[known < until])


# ---- streams


@pytest.mark.parametrize("chunk", [0.01, 1.2, 7.7, 1000])
def test_the_chunk_size_changes_no_bit(recording, chunk):
    s, w = streamed(recording.x, scale=recording.scale, chunk=2.5)
    other, other_w = streamed(recording.x, scale=recording.scale, chunk=chunk)
    np.testing.assert_array_equal(other, s)
    np.testing.assert_array_equal(other_w, w)
    assert w.dtype == np.float32 and w.shape == (len(s), 30, 4) and len(s) > 1000


@pytest.mark.parametrize("lockout", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("n", [33_333, 4 * 15_554])  # 15,554: a whole number of blocks
def test_a_stream_finds_what_the_whole_signal_holds_even_in_a_storm_of_spikes(lockout, n):
    x = noise(n, 2, seed=5) * 40
    y = filter_signal(x, FS, 500, 4000)
    s, _, thrd = detect_spikes(y, FS, N=2.5, lockout=lockout)
    s = s[spikes.fits(s, n)]
    found, w = streamed(x, thrd=thrd, lockout=lockout, chunk=0.01)
    assert len(s) > 100
    # Single and double precision differ in the fifth digit, and at the ends of the signal.
    inner = [part[(part > 500) & (part < n - 500)] for part in (s, found)]
    assert np.mean(match_spikes(*inner, 0) >= 0) > 0.999
    assert len(inner[1]) == pytest.approx(len(inner[0]), abs=1)
    both = np.intersect1d(*inner)
    np.testing.assert_allclose(
        w[np.isin(found, both)], extract_waveforms(y, both), atol=2e-3
    )  # fmt: skip


def test_a_stream_gives_the_shipped_waveforms_of_the_shipped_spikes(recording, filtered):
    s, _, thrd = detect_spikes(filtered, FS)
    found, w = streamed(recording.x, scale=recording.scale, thrd=thrd)
    np.testing.assert_array_equal(found, s[spikes.fits(s, len(filtered))])
    np.testing.assert_allclose(w, extract_waveforms(filtered, found), atol=2e-3)


def test_the_threshold_of_a_stream_is_that_of_the_whole_within_a_percent(recording, filtered):
    found, _ = streamed(recording.x, scale=recording.scale)
    s, _, _ = detect_spikes(filtered, FS)
    assert np.mean(match_spikes(s, found, 0) >= 0) > 0.98
    assert len(found) == pytest.approx(len(s), rel=0.02)


@pytest.mark.parametrize("n", [1, 2, 29, 30, 500, 15_553, 15_554, 15_555, 16_384])
@pytest.mark.parametrize("channels", [None, 4])
def test_streams_of_any_length(n, channels):
    found, w = streamed(noise(n, channels, seed=n), N=3, chunk=0.1)
    assert w.shape == (len(found), 30, channels or 1)
    assert np.isfinite(w).all() and spikes.fits(found, n).all()
    assert n < 15_000 or len(found) > 0


def test_a_slow_band_gets_longer_blocks():
    x = noise(400_000, 1, seed=2)
    y = filter_signal(x, FS, 5, 4000)
    s, _, thrd = detect_spikes(y, FS, N=4)
    found, _ = streamed(x, low=5, N=4, thrd=thrd)
    inner = [part[(part > 30_000) & (part < 370_000)] for part in (s, found)]
    np.testing.assert_array_equal(*inner)


class Endless:
    """A recording of any length that repeats a short one and takes no memory."""

    def __init__(self, x, n):
        self.x, self.shape = x, (n, x.shape[1])

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        rows = np.arange(*rows.indices(len(self)))
        return self.x.take(rows, axis=0, mode="wrap")


@pytest.mark.slow
def test_an_hour_needs_less_than_100_mib(recording):
    hour = Endless(np.array(recording.x), 3600 * FS)
    tracemalloc.start()
    n = sum(len(s) for s, _ in stream_spikes(hour, FS, scale=recording.scale))
    used = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert n == pytest.approx(60 * 1709, rel=0.02)
    assert used < 100


# ---- what cannot be used


def gap(n=100_000, channels=2):
    x = noise(n, channels)
    x[50_000, 1] = np.nan
    return x


REFUSED = {
    "NaN, band": (lambda: filter_signal(gap(), FS, 500, 4000), "first is 50000"),
    "NaN, notch": (lambda: remove_line_noise(gap(), FS), "NaN"),
    "NaN, detection": (lambda: detect_spikes(gap(), FS), "NaN"),
    "NaN, waveform": (lambda: extract_waveforms(gap(), [49_990]), "NaN"),
    "NaN, features": (lambda: extract_features(np.full((5, 30, 4), np.nan)), "finite"),
    "NaN, stream": (lambda: streamed(gap()), "NaN or infinite near"),
    "text": (lambda: filter_signal(["a", "b"], FS, 500, 4000), "numbers"),
    "three dimensions": (lambda: detect_spikes(np.zeros((5, 5, 5)), FS), "(5, 5, 5)"),
    "no samples": (lambda: detect_spikes([], FS), "no samples"),
    "no samples, stream": (lambda: stream_spikes(np.zeros((0, 4)), FS), "no samples"),
    "band upside down": (lambda: filter_signal(noise(9), FS, 4000, 500), "low < high"),
    "band above fs/2": (lambda: filter_signal(noise(9), FS, 500, 15_000), "15000"),
    "notch above fs/2": (lambda: remove_line_noise(noise(9), 90, 50), "fs/2 = 45"),
    "threshold upside down": (lambda: detect_spikes(noise(9), FS, N=-5), "above 0"),
    "no lockout": (lambda: detect_spikes(noise(9), FS, lockout=0), "above 0"),
    "spikes in ms": (lambda: extract_waveforms(noise(99), [33.3]), "fs/1000"),
    "waveforms of one channel, flat": (lambda: extract_features(np.zeros((9, 30))), "(9, 30)"),
    "other lengths": (lambda: score_sorting([1, 2], [1]), "one entry per spike"),
    "times out of order": (lambda: match_spikes([2, 1], [1], 1), "true_times"),
    "positive threshold": (lambda: stream_spikes(noise(99, 2), FS, thrd=[5, 5]), "at most 0"),
    "one threshold for two": (lambda: stream_spikes(noise(99, 2), FS, thrd=-5), "2 values"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_errors_say_what_is_wrong(case):
    call, words = REFUSED[case]
    with pytest.raises(ValueError) as error:
        call()
    assert words in str(error.value)


# ---- the number of clusters


def blobs(seed=0, K=6, d=3, n=3000):
    rng = np.random.default_rng(seed)
    m = 6.0 * rng.permutation(np.indices((2,) * d).reshape(d, -1).T)[:K]  # corners of a cube
    labels, x = mixture.sample_data(n, m, np.repeat(np.eye(d)[None], K, axis=0), np.full(K, 1 / K))
    return labels, x


@pytest.mark.parametrize("seed", range(3))
def test_selection_by_merging_finds_the_clusters_and_the_smallest_bic_of_many_fresh_starts(seed):
    true, x = blobs(seed)
    K = [8, 2, 6, 5, 6]
    told = []
    best_K, bic, (labels, m, S, p) = mixture.select_by_bic(
        x, K, 2, seed, progress=lambda done, total: told.append((done, total))
    )
    assert best_K == 6 and bic.shape == (5,) and bic[2] == bic[4]
    assert mixture.mog_bic(x, m, S, p)[0] == pytest.approx(bic[2], rel=1e-12)
    assert min(score_sorting(true, labels)[1]) > 0.97
    fresh = (mixture.fit_best(x, k, 5, 200, 1e-6)[1:] for k in set(K))
    best = min(mixture.mog_bic(x, *fit)[0] for fit in fresh)
    assert bic.min() < best + 2 * 2 * mixture.POLISHED * len(x)
    assert told == [(i, 6) for i in range(1, 7)]
    again = mixture.select_by_bic(x, K, 2, seed)[1]
    np.testing.assert_array_equal(again, bic)


def test_a_merger_keeps_weight_mean_and_covariance_and_takes_the_nearest_pair():
    m = np.array([[0.0, 0], [9, 9], [0.5, 0], [-9, 9]])
    S, p = np.repeat(np.eye(2)[None], 4, axis=0), np.array([0.1, 0.2, 0.3, 0.4])
    S[2] *= 1.5

    def moments(m, S, p):
        mean = p @ m
        second = np.einsum("k,kij->ij", p, S + m[:, :, None] * m[:, None])
        return [p.sum(), mean, second]

    merged = mixture._merge_cheapest(m, S, p)
    assert len(merged[2]) == 3 and p.tolist() == [0.1, 0.2, 0.3, 0.4]
    np.testing.assert_allclose(sorted(merged[2]), [0.2, 0.4, 0.4])
    for before, after in zip(moments(m, S, p), moments(*merged), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-12)


def test_selection_takes_few_points_and_one_cluster():
    best_K, bic, (labels, *_) = mixture.select_by_bic(noise(40, 2), [1, 2], 1)
    assert best_K == 1 and bic.shape == (2,) and not labels.any()
    with pytest.raises(ValueError, match="from 1 to the 40"):
        mixture.select_by_bic(noise(40, 2), [41], 1)
    with pytest.raises(ValueError, match="is \\[\\]"):
        mixture.select_by_bic(noise(40, 2), [], 1)
