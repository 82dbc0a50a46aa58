"""Hidden checks of lab 02, spike sorting: fresh signals, recordings and sortings of known truth."""

from itertools import permutations

import numpy as np
from scipy import signal

from helpers.checks import check, expect_close, expect_true, expect_within, limit
from helpers.checks.spike_sorting import (
    ALONG_TIME,
    COLUMNS,
    FS,
    NOTCH,
    SHARES,
    TWICE,
    advising,
    coloured,
    draw_table,
    expect_centred,
    expect_clear,
    expect_found,
    expect_gain,
    expect_notch,
    expect_scores,
    expect_single,
    expect_smallest,
    expect_sorted,
    expect_threshold,
    expect_windows,
    expect_zero_phase,
    four_channels,
    gain,
    one_cloud,
    read_detection,
    read_features,
    read_impulse,
    read_score,
    read_signal,
    run_sorting,
    spaced,
    turned,
    two_clouds,
)
from helpers.simulate import simulate_recording

# filter_signal


@check("filter_signal", points=0.2)
def every_band_and_order_has_its_gain(filter_signal, rng):
    """Other orders, bands and sampling rates have the squared gain of a Butterworth filter."""
    for order in rng.permutation([2, 5]):
        fs = float(rng.choice([10_000, 20_000, 24_000]))
        low, high = rng.uniform(200, 250), rng.uniform(3000, 4000)
        y = read_impulse(filter_signal, fs, low, high, order=int(order))
        f = np.array([0.8 * low, low, np.sqrt(low * high), high])
        sos = signal.butter(order, (low, high), "bandpass", fs=fs, output="sos")
        expected = np.abs(signal.freqz_sos(sos, f, fs=fs)[1]) ** 2
        where = ", ".join(f"{v:.0f}" for v in f)
        # The margin lets a high-pass filter followed by a low-pass filter of the same order pass.
        expect_gain(
            gain(y, fs, f), expected,
            f"the gain at {where} Hz (band {low:.0f} to {high:.0f} Hz, fs = {fs:g} Hz, order = {order})", 0.05,
            hint=f"Are order, low, high and fs used as they come? {TWICE}",
        )  # fmt: skip
        expect_zero_phase(y)


@check("filter_signal", points=0.15)
def slow_waves_go_and_spikes_stay(filter_signal, rng):
    """An offset and slow waves much larger than the signal vanish, on each channel by itself."""
    t = np.arange(15_000) / FS
    inside = np.outer(np.cos(2 * np.pi * 1500 * t + 1), rng.uniform(10, 40, 4))
    slow = np.outer(np.sin(2 * np.pi * 4 * t + rng.uniform(0, 6)), rng.uniform(200, 400, 4))
    x = inside + slow + rng.uniform(300, 600, 4)
    y = read_signal(filter_signal, x, FS, 300, 6000)
    middle = slice(3000, 12_000)
    expect_close(
        y[middle], inside[middle], "y[3000:12000] of a sine of 1500 Hz on slow waves and an offset,",
        rtol=0, atol=1.5, misconceptions={"nothing is filtered": x[middle]}, hint=f"{ALONG_TIME} {TWICE}",
    )  # fmt: skip


# remove_line_noise


@check("remove_line_noise", points=0.2)
def the_notch_has_the_width_that_q_says(remove_line_noise, rng):
    """At freq ± freq/(2q) the gain is ½, for any frequency, q and sampling rate."""
    for freq, q in ((16.7, 6.0), (50.0, 20.0)):
        expect_notch(remove_line_noise, float(rng.choice([900, 1200])), freq, q)


@check("remove_line_noise", points=0.15)
def spikes_under_the_hum_keep_their_form(remove_line_noise, rng):
    """Hum of another size on each channel goes; the spikes below it keep form, size and place."""
    fs, n = 3000.0, 12_000
    hum = np.sin(2 * np.pi * 50 * np.arange(n)[:, None] / fs + rng.uniform(0, 6, 4))
    spikes = np.zeros((n, 4))
    for s in spaced(rng, n, 20, 400):
        spikes[s : s + 3] -= np.outer([50, 100, 30], rng.uniform(0.5, 1, 4))
    x = spikes + hum * rng.uniform(50, 500, 4)
    y = read_signal(remove_line_noise, x, fs)
    middle = slice(4000, 8000)  # the notch rings for a second at the ends
    expect_close(
        y[middle], spikes[middle], "y[4000:8000] of spikes under a hum,", rtol=0, atol=8,
        misconceptions={"nothing is filtered": x[middle]},
        hint=f"{NOTCH} {ALONG_TIME}",
    )  # fmt: skip


# detect_spikes


@check("detect_spikes", points=0.3)
def spikes_of_fresh_recordings_are_found(detect_spikes, rng):
    """In freshly simulated tetrode recordings large spikes are found, and what is found are spikes."""
    sos = signal.butter(3, (500, 4000), "bandpass", fs=FS, output="sos")
    y, true, must = [], [], []
    for seed in rng.integers(10_000, size=2):  # two short ones, one after the other
        recording = simulate_recording(3.0, int(seed), n_units=10, n_cloud=6)
        z = signal.sosfiltfilt(sos, recording.voltage(), axis=0)
        times = recording.true_times
        times = times[(times > 60) & (times < len(z) - 60)]
        sigma = np.median(np.abs(z), axis=0) / 0.6745
        depth = (-z / sigma).max(axis=1)
        depth = depth[times[:, None] + np.arange(-4, 5)].max(axis=1)
        gaps = np.diff(times, prepend=-np.inf, append=np.inf)
        # spikes that overlap are hard to find by any threshold
        clear = (depth > 8) & (np.minimum(gaps[:-1], gaps[1:]) > 0.0018 * FS)
        start = sum(map(len, y))
        y.append(z / sigma[0] * 10)
        true.append(times + start)
        must.append(times[clear] + start)
    y, true, must = (np.concatenate(a) for a in (y, true, must))
    s, _, thrd = read_detection(detect_spikes(y, FS), y)
    expect_found(
        s, true, FS,
        "Each channel has its own threshold, and the lockout holds across channels.",
        must=must, precision=0.85,
    )  # fmt: skip
    expect_threshold(thrd, y, 5)


@check("detect_spikes", points=0.25)
def channels_of_different_noise_have_their_own_threshold(detect_spikes, rng):
    """With noise up to eight times as large on one channel as on another, no spike is lost or made up."""
    noise = rng.permutation([1.0, 2.0, 8.0, 4.0])
    x, true = four_channels(rng, noise)
    s, _, _ = read_detection(detect_spikes(x, FS), x)
    expect_found(
        s,
        true,
        FS,
        "Every channel has its own σ and threshold; a spike may be large on one channel only.",
    )


@check("detect_spikes", points=0.1)
def noise_hardly_crosses_the_threshold(detect_spikes, rng):
    """Noise crosses −3σ often, −5σ hardly ever: N counts."""
    x = 7 * np.column_stack([coloured(rng, 30_000) for _ in range(4)])
    x[15_000:15_003] -= 150  # so that there is one spike
    few, many = (read_detection(detect_spikes(x, FS, N=N), x)[0] for N in (5, 2.5))
    furthest = max(np.abs(s - 15_001).min(initial=np.inf) for s in (few, many))
    expect_true(furthest <= 15, "The one spike was not detected at N = 5, or not at N = 2.5.")
    # Four channels of one second cross −5σ 0.04 times on average, and −2.5σ some 400 times.
    expect_true(
        len(few) <= 3 and len(many) >= 50,
        f"One second of noise with a single spike has {len(few)} detections at N = 5 (at most 3) and {len(many)} at"
        " N = 2.5 (at least 50). thrd = −N·σ with σ = median|x|/.6745.",
    )


# extract_waveforms


@check("extract_waveforms", points=0.2)
def overlapping_windows_are_cut_out_whole(extract_waveforms, rng):
    """Spikes closer than a window have the samples of their neighbours in theirs too."""
    n = 2000
    s = np.sort(np.concatenate([start + np.array([0, 12, 21]) for start in spaced(rng, n, 8, 150)]))
    x = rng.normal(0, 10, (n, 4))
    x[s] = -rng.uniform(100, 400, (len(s), 1)) * rng.uniform(0.9, 1, (len(s), 4))
    expect_windows(extract_waveforms(x, s), x, s)


@check("extract_waveforms", points=0.15)
def only_windows_that_do_not_fit_are_dropped(extract_waveforms, rng):
    """Spikes 18 and 25 samples from the ends stay, those 3 and 6 samples from them go."""
    n = 1500
    inside = np.concatenate([[18], spaced(rng, n, 5, 150), [n - 25]])
    s = np.concatenate([[3], inside, [n - 6]])
    for n_channels in (1, 4):
        x = rng.normal(0, 10, (n, n_channels))
        x[s] = -rng.uniform(100, 400, (len(s), n_channels))
        with advising("A window reaches from s − 10 to s + 19: it fits if both are samples of x."):
            expect_windows(
                extract_waveforms(x, s), x, inside, ", two of nine spikes lie too near the ends,"
            )


# extract_features


@check("extract_features", points=0.3)
def noisy_waveforms_have_their_principal_components(extract_features, rng):
    """Waveforms of many sizes, with noise: the projections on the leading eigenvectors of each channel."""
    w = noisy_waveforms(rng, 150)
    expect_scores(read_features(extract_features(w), len(w)), principal_scores(w), 0.02)


@check("extract_features", points=0.2)
def as_many_spikes_as_a_recording_has(extract_features, rng):
    """12,000 waveforms in less than 1 GiB, with a mean far from 0 on one channel."""
    w = np.tile(noisy_waveforms(rng, 300), (40, 1, 1))
    w[:, :, 1] += 500
    with limit(seconds=10, memory="1 GiB"):
        value = extract_features(w)
    b = read_features(value, len(w))
    expect_centred(b)
    expect_scores(b, principal_scores(w), 0.02)


def noisy_waveforms(rng, n):
    """Waveforms (n, 30, 4) of units of different size and width on four channels, with noise."""
    t = np.arange(30) - 10
    unit = rng.integers(3, size=n)
    size, width = rng.uniform(40, 300, (3, 4)), rng.uniform(2, 6, (3, 1, 1))
    shape = -np.exp(-0.5 * (t[:, None] / width) ** 2) + 0.3 * np.exp(
        -0.5 * ((t[:, None] - 10) / width / 1.5) ** 2
    )
    w = (shape * size[:, None])[unit] * rng.normal(1, 0.1, (n, 1, 1))
    return w + rng.normal(0, 6, (n, 30, 4)) * np.linspace(1, 2, 4)


def principal_scores(w):
    """The first three principal components of each channel by singular values, (n, 12)."""
    scores = []
    for c in range(w.shape[2]):
        centred = w[:, :, c] - w[:, :, c].mean(axis=0)
        _, axes = np.linalg.eigh(np.cov(centred.T))
        scores.append(centred @ axes[:, :-4:-1])
    return np.hstack(scores)


# sort_spikes


@check("sort_spikes", points=0.25)
def three_units_are_told_apart(sort_spikes, rng):
    """Three units of different size with correlated features: labels agree with the truth."""
    sizes = (200, 150, 100)
    clouds = [rng.standard_normal((n, 12)) @ turned(rng, np.geomspace(5, 20, 12)) for n in sizes]
    away = np.zeros((3, 12))
    away[1, :6], away[2, 6:] = rng.choice([-1, 1], 6) * 70, rng.choice([-1, 1], 6) * 70
    x = np.concatenate([cloud + a for cloud, a in zip(clouds, away, strict=True)])
    order = rng.permutation(len(x))
    K = (3, 2)
    labels, best_K, bic = run_sorting(sort_spikes, x[order], K, 3)
    expect_smallest(best_K, bic, K)
    expect_sorted(labels, best_K, np.repeat(range(3), sizes)[order], 0.9)


@check("sort_spikes", points=0.25)
def features_may_have_any_number(sort_spikes, rng):
    """The BIC of five features instead of twelve has other penalties, and is that of all 7000 spikes."""
    x = one_cloud(rng, 7000, 5)
    _, _, bic = run_sorting(sort_spikes, x, (1,), 2)
    expect_single(x, (1,), bic)
    x, true = two_clouds(rng, d=5)
    third = rng.standard_normal((150, 5)) @ turned(rng, np.geomspace(8, 25, 5))
    third += x[true == 0].mean(axis=0) - 1.5 * (
        x[true == 1].mean(axis=0) - x[true == 0].mean(axis=0)
    )
    x, true = np.concatenate([x, third]), np.append(true, np.full(150, 2))
    _, _, bic = run_sorting(sort_spikes, x, (3,), 3)
    expect_clear(x, true, (3,), bic)


# score_sorting


@check("score_sorting", points=0.3)
def every_assignment_was_considered(score_sorting, rng):
    """Against all assignments of random sortings, names of units and clusters with gaps."""
    for n_units, n_clusters in ((4, 4), (3, 5), (5, 3)):
        units = np.sort(rng.choice(30, n_units, replace=False))
        clusters = np.sort(rng.choice(np.arange(1, 40), n_clusters, replace=False))
        overlap = draw_overlap(rng, n_units, n_clusters)
        i, j = draw_table(rng, overlap)
        pairs, total = best_assignment(overlap)
        precision, recall, match = read_score(score_sorting(units[i], clusters[j]), units)
        expected = np.full(n_units, -1)
        expected[list(pairs)] = clusters[list(pairs.values())]
        p, r = np.zeros((2, n_units))
        for u, c in pairs.items():
            p[u], r[u] = overlap[u, c] / overlap[:, c].sum(), overlap[u, c] / overlap[u].sum()
        own = {int(c): k for k, c in enumerate(clusters)}
        reached = sum(overlap[u, own[int(c)]] for u, c in enumerate(match) if int(c) in own)
        expect_close(
            match, expected, f"match of {n_units} units and {n_clusters} clusters called {clusters.tolist()}", rtol=0,
            misconceptions={COLUMNS: [pairs.get(u, -1) for u in range(n_units)]},
            hint=f"The best assignment shares {total} spikes, yours {reached}.",
        )  # fmt: skip
        expect_close(precision, p, "precision", hint=SHARES)
        expect_close(recall, r, "recall", hint=SHARES)


@check("score_sorting", points=0.2)
def long_sortings_are_scored_too(score_sorting, rng):
    """40,000 spikes of 14 units, some of them noise: labels that start at 1 and lists of them."""
    units = rng.integers(0, 14, 40_000)
    noisy = rng.random(len(units)) < np.linspace(0.05, 0.4, 14)[units]
    names = 1 + rng.permutation(14)
    labels = np.where(noisy, 1 + rng.integers(0, 14, len(units)), names[units])
    with limit(seconds=10):
        precision, recall, match = read_score(score_sorting(units, labels), range(14))
    expect_close(match, names, "match", rtol=0)
    right = [np.sum((units == u) & (labels == names[u])) for u in range(14)]
    expect_close(precision, right / np.bincount(labels)[names], "precision")
    expect_close(recall, right / np.bincount(units), "recall")
    expect_within(recall, 0, 1, "recall")


def draw_overlap(rng, n_units, n_clusters):
    """A table of overlaps, all above 0, whose best assignment is clearly better than any other."""
    while True:
        overlap = rng.integers(1, 60, (n_units, n_clusters))
        totals = sorted(totals_of(overlap))
        greedy = overlap.max(axis=1).sum()
        if totals[-1] - totals[-2] >= 2 and greedy > totals[-1]:
            return overlap


def totals_of(overlap):
    """The total overlap of every one-to-one assignment."""
    small = overlap if overlap.shape[0] <= overlap.shape[1] else overlap.T
    rows = np.arange(len(small))
    return [small[rows, list(p)].sum() for p in permutations(range(small.shape[1]), len(small))]


def best_assignment(overlap):
    """Unit → column of the assignment with the largest total overlap, by trying all, and its total."""
    turned_over = overlap.shape[0] > overlap.shape[1]
    small = overlap.T if turned_over else overlap
    rows = np.arange(len(small))
    best = max(
        permutations(range(small.shape[1]), len(small)), key=lambda p: small[rows, list(p)].sum()
    )
    pairs = enumerate(best)
    if turned_over:
        pairs = ((column, row) for row, column in pairs)
    pairs = {int(u): int(c) for u, c in pairs}
    return pairs, int(sum(overlap[u, c] for u, c in pairs.items()))
