"""What a student can check in lab 02, spike sorting: small signals whose spikes are known."""

import contextlib

import numpy as np

from . import (
    CheckFailed,
    NotAnswered,
    check,
    expect_array,
    expect_close,
    expect_integer,
    expect_results,
    expect_true,
    expect_within,
)

FS = 30_000.0  # Hz
CLOSE = 0.5  # ms: a detection this near a spike is a detection of it
ALONG_TIME = "Time runs along axis 0, channels along axis 1: filter with axis=0."
NOTCH = "Use signal.iirnotch(freq, q, fs=fs), forwards and backwards: the band that goes is freq/q wide."
SHARES = "precision = overlap / size of the cluster, recall = overlap / size of the unit."
TWICE = "Filter forwards and backwards: signal.filtfilt or signal.sosfiltfilt, along axis 0."

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "filter_signal": "other bands, orders and sampling rates, and slow waves beside fast ones",
    "remove_line_noise": "other frequencies and widths q, and hum with spikes on it",
    "detect_spikes": "freshly simulated tetrode recordings, other N, and channels of different noise",
    "extract_waveforms": "spikes that overlap, and others just inside or outside the ends",
    "extract_features": "noisy waveforms of different size, and as many as a recording has",
    "sort_spikes": "other clusters, and what the seeds are for",
    "score_sorting": "many random sortings, and long ones",
}

# filter_signal


@check("filter_signal", points=0.2)
def filtered_channels_keep_their_shape(filter_signal, rng):
    """One or four channels, DataFrame or array: `y` has the shape of `x`, each channel filtered by itself."""
    x = rng.normal(0, 10, (2000, 4)) * [1, 3, 10, 30]
    expect_channels_alike(filter_signal, x, FS, 500, 4000)


@check("filter_signal", points=0.15)
def the_band_passes_and_the_rest_does_not(filter_signal):
    """Gain 1 inside the band, ½ at both of its edges (twice 1/√2: forwards and backwards), 0 far away."""
    y = read_impulse(filter_signal.once, 8001, FS, 500, 4000)
    expect_gain(
        gain(y, FS, [500, 4000]), 0.5, "the gain at the edges, 500 and 4000 Hz,", 0.06,
        {
            "the filter runs in one direction only": np.full(2, np.sqrt(0.5)),
            "the filter runs four times": np.full(2, 0.25),
        },
        "Edges are in Hz: pass fs=fs, or divide them by fs/2. " + TWICE,
    )  # fmt: skip
    # The middle of a band is where it is on a logarithmic axis.
    expect_gain(gain(y, FS, [1000, 1414, 2000]), 1, "the gain at 1000, 1414 and 2000 Hz", 0.03)
    expect_gain(gain(y, FS, [0, 50, 14_000]), 0, "the gain at 0, 50 and 14,000 Hz", 0.03)


@check("filter_signal", points=0.15)
def an_impulse_stays_where_it_is(filter_signal):
    """An impulse leaves a response symmetric about its own sample: zero phase, nothing is delayed."""
    expect_zero_phase(read_impulse(filter_signal.once, 8001, FS, 500, 4000))


@check("filter_signal", points=0.15)
def every_argument_counts(filter_signal):
    """Another sampling rate and another band move the edges, and a higher order makes them steeper."""
    # One Butterworth filter has the squared gain 1/(1 + (edge/f)^(2·order)) below a wide band.
    for order, slope in ((2, 0.29), (5, 0.1)):
        y = read_impulse(filter_signal, 8001, 20_000.0, 250, 4000, order=order)
        how = f"Hz (band 250 to 4000 Hz, fs = 20000 Hz, order = {order})"
        hint = f"Are fs, low, high and order used as they come? {TWICE}"
        edges = gain(y, 20_000.0, [250, 4000])
        expect_gain(edges, 0.5, f"the gain at the edges, 250 and 4000 {how},", 0.06, hint=hint)
        found = gain(y, 20_000.0, [200])
        expect_gain(found, slope, f"the gain at 200 {how}", 0.05, hint=hint)


def expect_channels_alike(answer, x, *args):
    """Expect four channels to be filtered as each of them alone, in an array and in a DataFrame."""
    import pandas as pd

    y = read_signal(answer, x, *args)
    for c in (0, 3):
        one = read_signal(answer, x[:, [c]], *args)
        expect_close(
            y[:, c], one[:, 0], f"channel {c} of y", rtol=0, atol=1e-6 * np.abs(one).max(),
            hint=f"It should be what this channel alone gives. {ALONG_TIME}",
        )  # fmt: skip
    z = read_signal(answer, pd.DataFrame(x, columns=["Ch1", "Ch2", "Ch3", "Ch4"]), *args)
    expect_close(z, y, "y of a DataFrame", rtol=0, atol=1e-6 * np.abs(y).max())


def read_signal(answer, x, *args, **kwargs):
    """Call a filter and read y, of the shape of x."""
    with advising("", ALONG_TIME):
        return expect_array(answer(x, *args, **kwargs), "y", shape=x.shape)


def read_impulse(answer, n, *args, **kwargs):
    """The answer's response (n,) to an impulse of 1 in the middle of n samples."""
    x = np.zeros((n, 1))
    x[n // 2] = 1
    return read_signal(answer, x, *args, **kwargs)[:, 0]


def gain(y, fs, frequencies):
    """|Σ y(t) exp(−2πi f t)| of an impulse response at frequencies in Hz."""
    t = np.arange(len(y)) / fs
    return np.abs(np.exp(-2j * np.pi * np.outer(frequencies, t)) @ y)


def expect_gain(found, expected, what, margin, misconceptions=None, hint=""):
    """Expect gains within a margin, and recognise those that usual mistakes give."""
    found = np.asarray(found)
    looks = [
        f" It looks as if {why}."
        for why, value in (misconceptions or {}).items()
        if np.abs(found - value).max() < 0.03
    ]
    expected = np.broadcast_to(expected, found.shape)
    expect_true(
        np.abs(found - expected).max() <= margin,
        f"{what} should be {_gains(expected)} but is {_gains(found)}.{looks[0] if looks else ''} {hint or TWICE}",
    )


def _gains(values):
    return " and ".join(dict.fromkeys(f"{round(value, 2):g}" for value in values))


def expect_zero_phase(y):
    """Expect the response to an impulse in the middle to be symmetric."""
    worst = np.abs(y - y[::-1]).max() / max(np.abs(y).max(), 1e-12)
    late = int(np.abs(y).argmax()) - len(y) // 2
    moved = f" Its largest value lies {abs(late)} samples {'later' if late > 0 else 'earlier'}."
    expect_true(
        np.any(y) and worst < 1e-3,
        "The response to an impulse should be symmetric about it, but values at equal distances before and"
        f" after it differ by up to {worst:.0%} of the largest.{moved if late else ''} A filter that runs only"
        f" forwards delays. {TWICE}",
    )


# remove_line_noise


@check("remove_line_noise", points=0.15)
def channels_without_hum_keep_their_shape(remove_line_noise, rng):
    """One or four channels, DataFrame or array: `y` has the shape of `x`, each channel filtered by itself."""
    x = rng.normal(0, 10, (1500, 4)) * [1, 3, 10, 30]
    expect_channels_alike(remove_line_noise, x, 1000.0)


@check("remove_line_noise", points=0.2)
def the_hum_goes_and_its_neighbours_stay(remove_line_noise):
    """Gain 0 at 50 Hz and nearly 1 at 45 and 55 Hz, at 0 and at 150 Hz."""
    y = read_impulse(remove_line_noise.once, 8001, 1000.0)
    expect_gain(gain(y, 1000, [50]), 0, "the gain at 50 Hz", 0.03, hint=NOTCH)
    expect_gain(gain(y, 1000, [45, 55]), 1, "the gain at 45 and 55 Hz", 0.08, hint=NOTCH)
    expect_gain(gain(y, 1000, [0, 150, 400]), 1, "the gain at 0, 150 and 400 Hz", 0.03, hint=NOTCH)


@check("remove_line_noise", points=0.15)
def the_notch_delays_nothing(remove_line_noise):
    """An impulse leaves a response symmetric about its own sample: the notch has zero phase too."""
    expect_zero_phase(read_impulse(remove_line_noise.once, 8001, 1000.0))


@check("remove_line_noise", points=0.15)
def frequency_and_quality_count(remove_line_noise):
    """The notch stands at `freq`, and its gain is ½ at freq ± freq/(2q)."""
    expect_notch(remove_line_noise, 800.0, 60.0, 10.0)


def expect_notch(remove_line_noise, fs, freq, q):
    """Expect gain 0 at a frequency and ½ at the edges of the notch, all in Hz."""
    y = read_impulse(remove_line_noise, 8001, fs, freq=freq, q=q)
    edges = freq + freq / q / 2 * np.array([-1, 1])
    what = f"Hz (freq = {freq:g} Hz, q = {q:g}, fs = {fs:g} Hz)"
    expect_gain(gain(y, fs, [freq]), 0, f"the gain at {freq:g} {what}", 0.03, hint=NOTCH)
    expect_gain(
        gain(y, fs, edges), 0.5, f"the gain at {edges[0]:.4g} and {edges[1]:.4g} {what}", 0.08,
        {"the filter runs in one direction only": np.full(2, np.sqrt(0.5))}, NOTCH,
    )  # fmt: skip


# detect_spikes


@check("detect_spikes", points=0.2)
def samples_and_milliseconds_agree(detect_spikes, rng):
    """`s` ascends and lies inside the signal, `t` is the same in ms, whatever the sampling rate."""
    fs = float(rng.choice([20_000, 24_000]))
    x, _ = one_channel(rng, fs)
    s, t, _ = read_detection(detect_spikes(x, fs), x)
    expect_true(len(s) > 0, "Nothing was detected in a signal with spikes of ten times σ and more.")
    expected = s * 1000 / fs
    expect_close(
        t, expected, f"t at fs = {fs:g} Hz", rtol=0, atol=1010 / fs,
        misconceptions={
            "t is in seconds": expected / 1000,
            "t is in samples": s,
            "s and t are exchanged: the order is s, t, thrd": s * fs / 1000,
            "the sampling rate is taken to be 30,000 Hz: use fs": s / 30,
        },
        hint="t = 1000·s/fs, in ms.",
    )  # fmt: skip


@check("detect_spikes", points=0.25)
def the_threshold_is_robust(detect_spikes, rng):
    """`thrd` is −N·median|x|/.6745 of each channel, however many spikes there are."""
    x, _ = one_channel(rng, FS)
    for y, N in ((x, 5), (x * rng.permutation([1.0, 1.5, 2.5, 4.0]), 4)):
        _, _, thrd = read_detection(detect_spikes(y, FS, N=N), y)
        expect_threshold(thrd, y, N)


@check("detect_spikes", points=0.2)
def spikes_are_found_and_nothing_else(detect_spikes, rng):
    """In one channel at least 90 % of the spikes are found, and 90 % of what is found are spikes (± .5 ms)."""
    import pandas as pd

    x, true = one_channel(rng, FS)
    for z in (x, pd.DataFrame(x, columns=["Ch1"])):
        s, _, _ = read_detection(detect_spikes(z, FS), x)
        expect_found(s, true, FS, "s = sample of the trough, where x < −N·σ.")


@check("detect_spikes", points=0.15)
def spikes_are_dated_by_their_trough(detect_spikes, rng):
    """Small and large spikes are dated at the same place, their trough, not where they cross the threshold."""
    n, fs = 24_000, FS
    true = spaced(rng, n, 24, 300)
    x = coloured(rng, n)[:, None]
    add_spikes(x, true, np.tile([[14], [250]], (12, 1)))
    s, _, _ = read_detection(detect_spikes(x, fs), x)
    expect_found(s, true, fs)
    nearest = true[np.abs(true[:, None] - s).argmin(axis=0)]
    late = s - nearest
    late = late[np.abs(late) <= CLOSE * fs / 1000]
    expect_true(
        np.mean(np.abs(late - np.median(late)) <= 2) >= 0.85,
        f"Relative to their troughs spikes are dated from {late.min():.0f} to {late.max():+.0f} samples: large ones"
        " elsewhere than small ones. A large spike crosses the threshold earlier: take the trough, the smallest"
        " value of the spike.",
    )


@check("detect_spikes", points=0.2)
def the_lockout_counts_from_the_last_spike_kept(detect_spikes, rng):
    """Two spikes closer than the lockout are one, further apart two; a spike left out locks nothing out."""
    n = 24_000
    starts = spaced(rng, n - 200, 16, 900)
    gaps = np.tile([0.6, 1.6], 8)  # ms
    x = coloured(rng, n)[:, None]
    for start, gap in zip(starts, gaps, strict=True):
        add_spikes(x, start + np.array([0, round(gap * 30)]), [[30], [22]], width=3.0)
    for lockout in (1.0, 2.0):
        s, _, _ = read_detection(detect_spikes(x, FS, lockout=lockout), x)
        for gap in (0.6, 1.6):
            expect_count(
                s, starts[gaps == gap], 1 + (gap > lockout),
                f"two spikes {gap:g} ms apart, with lockout = {lockout:g} ms,",
            )  # fmt: skip
    # 0, .7 and 1.4 ms: the second is too near the first; the third is not, whatever came in between.
    x = coloured(rng, n)[:, None]
    for start in starts:
        add_spikes(x, start + np.array([0, 21, 42]), [[40], [15], [28]], width=3.0)
    s, _, _ = read_detection(detect_spikes(x, FS, lockout=1.0), x)
    expect_count(
        s, starts, 2, "spikes at 0, 0.7 and 1.4 ms, with lockout = 1 ms,",
        "The second is left out and locks nothing out, so the third counts.",
    )  # fmt: skip


@check("detect_spikes", points=0.1)
def upward_peaks_are_no_spikes(detect_spikes, rng):
    """Artefacts that only go up are not detected."""
    n = 30_000
    places = spaced(rng, n, 40, 300)
    x = coloured(rng, n)[:, None]
    add_spikes(x, places[::2], np.full((20, 1), 15))
    t = np.arange(-40, 41)
    x[places[1::2, None] + t, 0] += 30 * np.exp(-(t**2) / 2 / 6.0**2)
    s, _, _ = read_detection(detect_spikes(x, FS), x)
    expect_found(
        s, places[::2], FS, "Spikes outside a cell go down: compare x, not |x|, with −N·σ."
    )


@check("detect_spikes", points=0.25)
def a_spike_on_four_channels_counts_once(detect_spikes, rng):
    """Spikes seen on one channel or on several, each with its own noise, are found and counted once."""
    x, true = four_channels(rng, [1.0, 4.0, 2.0, 1.0])
    s, _, thrd = read_detection(detect_spikes(x, FS), x)
    expect_found(
        s, true, FS,
        "Every channel has its own σ and threshold; a spike may be large on any of them, and one that is seen on"
        " several within the lockout is one spike.",
    )  # fmt: skip
    expect_threshold(thrd, x, 5)


def coloured(rng, n, band=(500, 4000)):
    """Noise (n,) without frequencies outside a band (Hz, at 30 kHz), standard deviation 1."""
    f = np.fft.rfftfreq(n, 1 / FS)
    spectrum = np.fft.rfft(rng.standard_normal(n)) * ((f > band[0]) & (f < band[1]))
    y = np.fft.irfft(spectrum, n)
    return y / y.std()


def spaced(rng, n, count, apart):
    """Ascending samples, at least `apart` from each other and from both ends of n samples."""
    free = n - (count + 1) * apart
    return np.sort(rng.integers(0, free, count)) + apart * np.arange(1, count + 1)


def add_spikes(x, samples, sizes, width=4.5):
    """Add spikes with their trough at `samples` to x (n, channels), in place; sizes (m, channels) > 0."""
    t = np.arange(-60, 91)
    shape = -np.exp(-0.5 * (t / width) ** 2) + 0.25 * np.exp(
        -0.5 * ((t - 4 * width) / 2 / width) ** 2
    )
    shape /= -shape.min()
    for sample, size in zip(samples, sizes, strict=True):
        x[sample + t] += shape[:, None] * np.asarray(size)


def one_channel(rng, fs):
    """A channel (n, 1) with 60 spikes of 10 to 25 times its noise, and where their troughs are."""
    n = 30_000
    true = spaced(rng, n, 60, round(0.008 * fs))
    x = coloured(rng, n)[:, None]
    add_spikes(x, true, rng.uniform(10, 25, (60, 1)))
    return rng.uniform(5, 20) * x, true


def four_channels(rng, noise, n=30_000, count=48):
    """Four channels (n, 4) with spikes that are largest on any of them, and where their troughs are."""
    true = spaced(rng, n, count, 300)
    x = np.column_stack([coloured(rng, n) for _ in range(4)])
    # Times the noise of each channel: largest, clearly above 5, clearly below it, or not seen at all;
    # half of the spikes are seen on one channel only.
    share = (
        rng.choice([0.0, 0.15, 0.8], (count, 4)) * rng.permutation(np.arange(count) % 2)[:, None]
    )
    main = rng.permutation(np.arange(count) % 4)
    share[np.arange(count), main] = 1
    sizes = share * rng.uniform(10, 20, (count, 1))
    late = np.where(share == 1, 0, rng.integers(0, 3, (count, 4)))  # far contacts see a spike later
    for c in range(4):
        add_spikes(x[:, c : c + 1], true + late[:, c], sizes[:, [c]])
    return x * np.asarray(noise) * rng.uniform(5, 10), true


def read_detection(value, x):
    """Read what `detect_spikes` returned: s and t (n,), thrd scalar or one per channel."""
    order = "The order of the results is: s, t, thrd."
    s, t, thrd = expect_results(value, "s", "t", "thrd")
    s = expect_array(s, "s", shape=(None,), hint=order)
    t = expect_array(t, "t", shape=s.shape, hint=order)
    thrd = expect_array(thrd, "thrd", hint=order).ravel()
    n, n_channels = x.shape
    expect_true(
        len(thrd) in (1, n_channels),
        f"thrd should be one number, or one for each of {n_channels} channels, but there are {len(thrd)}. {order}",
    )
    expect_true(
        np.all(np.diff(s) > 0),
        "s should ascend without repeats. Spikes of all channels belong into one list in the order of time."
        " (np.unique sorts and drops what is there twice.)",
    )
    expect_within(s, 0, n - 1, "s", hint=f"Samples of x lie between 0 and {n - 1}. {order}")
    return s, t, thrd


def expect_threshold(thrd, x, N):
    """Expect −N·median|x|/.6745 of each channel; of one number only that it lies between them."""
    expected = -N * np.median(np.abs(x), axis=0) / 0.6745
    what = "thrd" if len(expected) == 1 else f"thrd of {len(expected)} channels"
    hint = "σ = median|x|/.6745 of every channel, thrd = −N·σ."
    if len(thrd) < len(expected):
        expect_within(thrd, 1.02 * expected.min(), 0.98 * expected.max(), what, hint=hint)
        return
    misconceptions = {
        "the standard deviation is used, which the spikes inflate": -N * np.std(x, axis=0),
        "the mean of |x| is used, which the spikes inflate: take the median": (
            -N * np.mean(np.abs(x), axis=0) / 0.6745
        ),
        "the division by .6745 is missing": 0.6745 * expected,
        "the median is multiplied by .6745 instead of divided": 0.6745**2 * expected,
        "the sign is turned round: spikes go down, so the threshold is negative": -expected,
        "N is missing": expected / N,
    }
    if N != 5:
        misconceptions["N is not used, but 5"] = expected * 5 / N
    if len(expected) > 1:
        pooled = -N * np.median(np.abs(x)) / 0.6745
        misconceptions["all channels are pooled, but every channel has noise of its own"] = np.full(
            len(expected), pooled
        )
    expect_close(thrd, expected, what, rtol=0.01, misconceptions=misconceptions, hint=hint)


def expect_found(s, true, fs, hint="", must=None, recall=0.9, precision=0.9):
    """Expect a share of the true spikes among the detections, and of the detections to be true spikes.

    Parameters
    ----------
    s, true : (n,), (m,) arrays
        Samples; a detection within `CLOSE` ms is one of that spike, further ones of it are wrong.
    fs : float
        Hz.
    hint : str
        What to look at.
    must : (k,) array, optional
        The spikes that must be found, if fewer than `true`.
    recall, precision : float
    """
    reach = CLOSE * fs / 1000
    wanted = true if must is None else must
    seen = nearest_distance(wanted, s) <= reach
    near = nearest_distance(s, true) <= reach
    expect_true(
        seen.mean() >= recall,
        f"Only {seen.sum()} of {len(seen)} spikes were found within ± {CLOSE:g} ms of their trough, at least"
        f" {recall:.0%} should be. The first one missed is at sample {_first_not(wanted, seen)}. {hint}",
    )
    # One-to-one: what is detected twice is once too often.
    hits = int(np.sum(nearest_distance(true, s) <= reach))
    twice = int(near.sum()) - hits
    wrong = len(s) - min(hits, int(near.sum()))
    why = f"{wrong} of {len(s)} detections are no spikes"
    if twice > wrong / 2:
        why = f"{twice} of {len(s)} detections are spikes counted a second time"
    first = "" if near.all() else f" The first wrong one is at sample {_first_not(s, near)}."
    expect_true(1 - wrong / len(s) >= precision, f"{why}.{first} {hint}")


def nearest_distance(a, b):
    """For every element of a the distance to the nearest of b; infinite if b is empty."""
    if len(b) == 0:
        return np.full(len(a), np.inf)
    b = np.sort(b)
    i = np.searchsorted(b, a)
    left, right = b[np.maximum(i - 1, 0)], b[np.minimum(i, len(b) - 1)]
    return np.minimum(np.abs(a - left), np.abs(a - right))


def _first_not(values, good):
    return f"{values[~good][0]:.0f}" if not good.all() else ""


def expect_count(s, starts, expected, what, why=""):
    """Expect so many detections within 5 ms of each start; one group may be disturbed by noise."""
    found = np.array([np.sum((s >= a - 15) & (s < a + 150)) for a in starts])
    wrong = np.flatnonzero(found != expected)
    expect_true(
        len(wrong) <= 1,
        f"{what[:1].upper()}{what[1:]} should give {expected} detection{'s' * (expected > 1)} but give"
        f" {found[wrong[:1]].sum()} (from sample {starts[wrong[:1]].sum()}). {why or 'The lockout is in ms.'} Compare"
        " every spike with the last one that was kept.",
    )


# extract_waveforms


@check("extract_waveforms", points=0.2)
def a_window_of_30_samples_for_every_spike(extract_waveforms, rng):
    """`w` has shape (n, 30, channels), for one and four channels, a DataFrame or an array."""
    import pandas as pd

    for n_channels in (1, 4):
        x, s = spikes_in_noise(rng, n_channels)
        w = read_waveforms(extract_waveforms(x, s), len(s), n_channels)
        z = read_waveforms(extract_waveforms(pd.DataFrame(x), s), len(s), n_channels)
        expect_close(z, w, "w of a DataFrame")


@check("extract_waveforms", points=0.25)
def windows_hold_the_signal_around_the_trough(extract_waveforms, rng):
    """Each window is the signal itself, in order, the trough at one index in all: 10, or the centre."""
    x, s = spikes_in_noise(rng, 4)
    expect_windows(extract_waveforms(x, s), x, s)


@check("extract_waveforms", points=0.2)
def spikes_at_the_ends_are_dropped(extract_waveforms, rng):
    """A spike whose window does not fit is dropped; all others stay."""
    x, s = spikes_in_noise(rng, 4)
    n = len(x)
    with advising("", "Drop those spikes, do not pad: keep s ≥ 10 and s + 20 ≤ len(x)."):
        expect_windows(
            extract_waveforms(x, np.concatenate([[4], s, [n - 8]])), x, s,
            ": two of the 14 spikes lie 4 and 8 samples from the ends",
        )  # fmt: skip


def spikes_in_noise(rng, n_channels, n=3000, apart=100):
    """A signal (n, channels) and the samples of 12 spikes, the deepest of all channels in their windows."""
    s = spaced(rng, n, 12, apart)
    x = rng.normal(0, 10, (n, n_channels))
    x[s] = -rng.uniform(100, 400, (len(s), n_channels))
    return x, s


def read_waveforms(value, n, n_channels, which=""):
    """Read what `extract_waveforms` returned: (n, 30, channels)."""
    w = expect_array(value, "w", hint="Return one array, w of shape (n, 30, channels).")
    shape = (n, 30, n_channels)
    turned = w.shape == (n, n_channels, 30) != shape
    expect_true(
        w.shape == shape,
        f"w should have shape {shape} but has {w.shape}{which}."
        + " It looks as if time and channels are exchanged." * turned,
    )
    return w


def expect_windows(value, x, s, which=""):
    """Expect the windows of all spikes s, the trough at the same index in all of them."""
    w = read_waveforms(value, len(s), x.shape[1], which)
    offsets = (10, 14, 15)
    expected = {o: x[s[:, None] - o + np.arange(30)] for o in offsets}
    if any(np.allclose(w, window) for window in expected.values()):
        return
    found = [
        o
        for o in range(30)
        if np.allclose(w, x[np.clip(s[:, None] - o + np.arange(30), 0, len(x) - 1)])
    ]
    turned = any(np.allclose(w, window[:, ::-1]) for window in expected.values())
    why = "Row j of window i is x[s[i] − 10 + j], for j from 0 to 29."
    if found:
        why = f"The trough lies at index {found[0]} of the window: it should be at 10, or in the centre (14 or 15)."
    elif turned:
        why = "It looks as if time runs backwards."
    o = min(offsets, key=lambda o: np.abs(w - expected[o]).sum())
    i, j, c = np.argwhere(~np.isclose(w, expected[o]))[0]
    expect_true(
        False,
        f"w[{i}, {j}, {c}] should be the signal at sample {s[i] - o + j}, {expected[o][i, j, c]:.4g}, but is"
        f" {w[i, j, c]:.4g}. {why}",
    )


# extract_features


@check("extract_features", points=0.2)
def three_features_for_each_of_four_channels(extract_features, rng):
    """`b` has shape (n, 12), alone or in front of `means` and `axes`."""
    w, _ = known_waveforms(rng)
    read_features(extract_features(w), len(w))


@check("extract_features", points=0.2)
def features_are_centred(extract_features, rng):
    """The mean waveform is subtracted: every feature has mean 0 over the spikes."""
    w, _ = known_waveforms(rng)
    expect_centred(read_features(extract_features(w), len(w)))


@check("extract_features", points=0.3)
def features_of_a_channel_are_uncorrelated(extract_features, rng):
    """The three features of a channel are uncorrelated, and their variances are the largest there are."""
    w, scores = known_waveforms(rng)
    b = read_features(extract_features(w), len(w))
    expect_variances(b, np.sort(scores.std(axis=0) ** 2)[::-1])
    C = np.corrcoef(b.T) - np.eye(12)
    channels = owners(b, scores)
    same_channel = channels[:, None] == channels
    i, j = np.unravel_index(np.abs(C * same_channel).argmax(), C.shape)
    expect_true(
        np.abs(C * same_channel).max() < 1e-3,
        f"Columns {i} and {j} of b are correlated ({C[i, j]:.2g}), although they belong to one channel. Project on"
        " the eigenvectors of the channel's covariance matrix, which are orthogonal.",
    )


@check("extract_features", points=0.3)
def features_are_the_coordinates_of_the_waveforms(extract_features, rng):
    """Waveforms made from known coordinates along axes of their own per channel: `b` holds these, up to sign."""
    w, scores = known_waveforms(rng)
    expect_scores(read_features(extract_features(w), len(w)), scores)


def known_waveforms(rng, n=200):
    """Waveforms (n, 30, 4) made of five orthogonal shapes per channel, and the scores (n, 12) of the larger three."""
    w, columns = np.empty((n, 30, 4)), []
    for c in range(4):
        z = rng.standard_normal((n, 5))
        z = np.linalg.qr(z - z.mean(axis=0))[0] * np.sqrt(n)  # centred, uncorrelated, variance 1
        z = z * np.array([60, 35, 20, 8, 4]) * (1 + 0.17 * c)
        axes = np.linalg.qr(rng.standard_normal((30, 5)))[0]
        mean = -200 * np.exp(-0.5 * ((np.arange(30) - 10) / 3.0) ** 2) * rng.uniform(0.5, 1)
        w[:, :, c] = mean + z @ axes.T
        columns.append(z[:, :3])
    return w, np.hstack(columns)


def read_features(value, n):
    """Read what `extract_features` returned: b (n, 12), alone or with means and axes after it."""
    hint = "Its columns are three principal components for each of four channels."
    if isinstance(value, (tuple, list)) and len(value) == 3 and np.shape(value[0]) == (n, 12):
        value = value[0]
    return expect_array(value, "b", shape=(n, 12), hint=hint)


def expect_centred(b):
    """Expect every column to have mean 0, up to a thousandth of its spread."""
    off = np.abs(b.mean(axis=0)) / np.maximum(b.std(axis=0), 1e-12)
    worst = int(off.argmax())
    expect_true(
        off[worst] < 1e-3,
        f"Column {worst} of b has mean {b[:, worst].mean():.4g} over the spikes, which should be 0. Subtract the mean"
        " waveform of each channel (the mean over spikes, axis 0) before you project.",
    )


def expect_variances(b, expected):
    """Expect the variances of the columns, sorted, and recognise features that were rescaled."""
    variances = np.sort(b.var(axis=0))[::-1]
    looks = (
        "All are alike: features keep their size in µV, do not divide them by their standard deviation. "
        if np.allclose(variances, variances[0], rtol=0.02)
        else ""
    )
    expect_close(
        variances, expected, "the variances of the features, sorted,", rtol=0.02,
        hint=looks + "They are the three largest eigenvalues of each channel's covariance matrix.",
    )  # fmt: skip


def owners(b, scores):
    """For every column of b the channel whose scores it is most like."""
    r = np.abs(np.corrcoef(b.T, scores.T)[:12, 12:])
    return r.argmax(axis=1) // 3


def expect_scores(b, scores, margin=0.01):
    """Expect the columns of b to be those of `scores`, in any order and with any sign."""
    r = np.nan_to_num(np.corrcoef(b.T, scores.T)[:12, 12:])
    best = np.abs(r).argmax(axis=0)
    matched = b[:, best] * np.sign(r[best, np.arange(12)])
    error = np.abs(matched - matched.mean(axis=0) - scores).max(axis=0) / scores.std(axis=0)
    # The longest column is the first component of a channel.
    worst = int(error.argmax())
    rescaled = np.abs(r[best, np.arange(12)]).min() > 0.999
    why = (
        "The columns have the right direction but another scale: axes have length 1, and features stay in µV."
        if rescaled
        else "Each channel has its own covariance matrix (30, 30); project its centred waveforms (n, 30) on the three"
        " eigenvectors with the largest eigenvalues."
    )
    expect_true(
        error[worst] < margin,
        f"No column of b holds component {worst % 3 + 1} of channel {worst // 3 + 1} (the nearest is off by"
        f" {error[worst]:.2g} standard deviations). {why}",
    )


# sort_spikes


@check("sort_spikes", points=0.2)
def a_label_for_every_spike_and_a_bic_for_every_fit(sort_spikes):
    """labels (n,), best_K (an element of K) and bic (n_seeds, len(K)), in this order."""
    x, _ = two_clouds(np.random.default_rng(1))
    run_sorting(sort_spikes.once, x, [2, 3, 1], 2)


@check("sort_spikes", points=0.3)
def every_column_of_bic_belongs_to_its_k(sort_spikes):
    """Columns keep the order of K, which need not be sorted; the one of K = 1 has a closed form."""
    x, _ = two_clouds(np.random.default_rng(1))
    K = [2, 3, 1]
    _, _, bic = run_sorting(sort_spikes.once, x, K, 2)
    n, d = x.shape
    LL = -n / 2 * (d * np.log(2 * np.pi) + np.linalg.slogdet(np.cov(x.T, bias=True))[1] + d)
    sd = x.std(axis=0)
    diagonal = -n / 2 * (d * np.log(2 * np.pi) + 2 * np.log(sd).sum() + d)
    P = d + d * (d + 1) // 2
    one = np.full(2, -2 * LL + P * np.log(n))
    where = [k for k, column in zip(K[:2], bic.T, strict=False) if np.allclose(column, one, atol=1)]
    moved = "".join(f" It stands in the column of {k}: keep the order of K." for k in where[:1])
    expect_close(
        bic[:, 2], one, f"the column of bic for K = 1 (K = {K})", rtol=0, atol=1.0,
        misconceptions={
            "the log-likelihood is there, not the BIC": np.full(2, LL),
            "the mean log-likelihood of a spike is used (`score` of scikit-learn): it is the sum": np.full(
                2, -2 * LL / n + P * np.log(n)
            ),
            "the penalty is subtracted, it should be added": np.full(2, -2 * LL - P * np.log(n)),
            "all signs are turned round": -one,
            "the penalty is 2·P, which is the AIC": np.full(2, -2 * LL + 2 * P),
            "the covariances are diagonal: features are correlated within a cluster": np.full(
                2, -2 * diagonal + 2 * d * np.log(n)
            ),
            "the parameters are counted as in two dimensions: d is features.shape[1]": np.full(
                2, -2 * LL + 5 * np.log(n)
            ),
        },
        hint=f"bic[seed, j] = −2·LL + P·ln N for K[j] clusters.{moved}",
    )  # fmt: skip


@check("sort_spikes", points=0.25)
def the_smallest_bic_decides(sort_spikes):
    """`best_K` is the K whose column of `bic` holds the smallest value of the table: 2 for two clear clusters."""
    x, _ = two_clouds(np.random.default_rng(1))
    K = [2, 3, 1]
    _, best_K, bic = run_sorting(sort_spikes.once, x, K, 2)
    expect_smallest(best_K, bic, K)


@check("sort_spikes", points=0.25)
def labels_are_those_of_the_best_fit(sort_spikes):
    """`labels` has at most best_K values and tells two clear clusters apart."""
    x, true = two_clouds(np.random.default_rng(1))
    labels, best_K, _ = run_sorting(sort_spikes.once, x, [2, 3, 1], 2)
    expect_sorted(labels, best_K, true, 0.95)


def two_clouds(rng, sizes=(220, 130)):
    """Features (n, 12) of two units with correlated features of their own, and their units."""
    clouds = [
        rng.standard_normal((size, 12)) @ turned(rng, np.geomspace(8, 25, 12)) for size in sizes
    ]
    away = np.zeros(12)
    away[:4] = rng.choice([-1, 1], 4) * 100
    x = np.concatenate([clouds[0], clouds[1] + away])
    order = rng.permutation(len(x))
    return x[order], np.repeat([0, 1], sizes)[order]


def turned(rng, sds):
    """A matrix that gives independent columns these standard deviations along axes turned at random."""
    Q = np.linalg.qr(rng.standard_normal((len(sds), len(sds))))[0]
    return np.asarray(sds)[:, None] * Q.T


def run_sorting(sort_spikes, x, K, n_seeds):
    """Call `sort_spikes` and read labels (n,), best_K, an element of K, and bic (n_seeds, len(K))."""
    order = "The order of the results is: labels, best_K, bic."
    labels, best_K, bic = expect_results(sort_spikes(x, K, n_seeds), "labels", "best_K", "bic")
    labels = expect_array(labels, "labels", shape=(len(x),), integer=True, hint=order)
    bic = expect_array(
        bic,
        "bic",
        shape=(n_seeds, len(K)),
        hint=f"Its shape is (n_seeds, len(K)), a row per seed. {order}",
    )
    best_K = expect_integer(best_K, "best_K", hint=order)
    expect_true(
        best_K in list(K),
        f"best_K is {best_K}, which is no element of K = {list(K)}."
        + (" Is it the index of the best K? Return K[index]." if 0 <= best_K < len(K) else ""),
    )
    return labels, best_K, bic


def expect_smallest(best_K, bic, K):
    """Expect best_K to be the element of K with the smallest BIC."""
    column = bic.min(axis=0)
    largest = K[bic.max(axis=0).argmax()]
    expect_true(
        best_K == K[int(column.argmin())],
        f"best_K is {best_K}, but the smallest BIC of K = {list(K)} over the seeds is {_list(column)}: that of"
        f" K = {K[int(column.argmin())]} is the smallest."
        + (" Yours has the largest: a smaller BIC is better." if best_K == largest else ""),
    )


def expect_sorted(labels, best_K, true, least):
    """Expect at most best_K labels that agree with the truth (adjusted Rand index)."""
    used = len(np.unique(labels))
    expect_true(
        used <= best_K,
        f"labels holds {used} different values, but best_K is {best_K}: return the labels of the fit that has the"
        " smallest BIC.",
    )
    index = agreement(true, labels)
    why = " All spikes have the same label." if used == 1 else ""
    expect_true(
        index >= least,
        f"The labels hardly agree with the units (adjusted Rand index {index:.2f}, at least {least} is possible)."
        f"{why} Are they those of the fit with the smallest BIC, row by row of `features`, not of the last fit?",
    )


def agreement(a, b):
    """Adjusted Rand index of two labellings: 1 if they agree but for names, 0 on average by chance."""
    table = np.unique(a, return_inverse=True)[1], np.unique(b, return_inverse=True)[1]
    counts = np.zeros([t.max() + 1 for t in table])
    np.add.at(counts, table, 1)

    def pairs(n):
        return (n * (n - 1) / 2).sum()

    rows, columns, n = pairs(counts.sum(axis=1)), pairs(counts.sum(axis=0)), len(a)
    chance = rows * columns / (n * (n - 1) / 2)
    return float((pairs(counts) - chance) / max((rows + columns) / 2 - chance, 1e-12))


# score_sorting


@check("score_sorting", points=0.25)
def a_perfect_sorting_has_precision_and_recall_one(score_sorting, rng):
    """Units under other names score 1; results follow the sorted distinct true units, match tells the names."""
    units = np.sort(rng.choice(50, 4, replace=False))
    names = rng.permutation(4)
    true = rng.permutation(np.repeat(np.arange(4), [30, 20, 10, 5]))
    precision, recall, match = read_score(score_sorting(units[true], names[true]), units)
    expect_close(
        match, names, "match", rtol=0, hint="match[i] is the label of the i-th unit's cluster."
    )
    expect_close(precision, np.ones(4), "precision")
    expect_close(recall, np.ones(4), "recall")


@check("score_sorting", points=0.3)
def the_total_overlap_counts(score_sorting, rng):
    """Two units prefer the same cluster: the assignment with the largest total overlap wins."""
    overlap = np.array([[80, 70], [60, 0]])
    true, labels = draw_table(rng, overlap)
    precision, recall, match = read_score(score_sorting(true, labels), [0, 1])
    expect_close(
        match, [1, 0], "match for the overlaps [[80, 70], [60, 0]] (rows units, columns clusters)", rtol=0,
        misconceptions={
            "every unit takes the cluster it overlaps with most, or the largest overlap first": [0, 1],
            "two units share a cluster: the assignment is one-to-one": [0, 0],
        },
        hint="70 + 60 spikes are more than 80 + 0: scipy.optimize.linear_sum_assignment(overlap, maximize=True).",
    )  # fmt: skip
    p, r = np.array([1, 60 / 140]), np.array([70 / 150, 1])
    for name, value, expected, other in (("precision", precision, p, r), ("recall", recall, r, p)):
        expect_close(
            value, expected, name,
            misconceptions={
                "precision and recall are exchanged": other,
                "it is divided by the number of all spikes": np.array([70, 60]) / 210,
            },
            hint=SHARES,
        )  # fmt: skip


@check("score_sorting", points=0.25)
def a_unit_without_a_cluster_scores_nothing(score_sorting, rng):
    """More units than clusters: who goes empty has match −1, precision 0 and recall 0."""
    true, labels = draw_table(rng, np.array([[40, 2], [9, 6], [1, 30]]))
    precision, recall, match = read_score(score_sorting(true, labels), [0, 1, 2])
    expect_close(match, [0, -1, 1], "match of three units and two clusters", rtol=0,
                 hint="The unit that is left over has match −1.")  # fmt: skip
    expect_close(precision, [40 / 50, 0, 30 / 38], "precision", hint=SHARES)
    expect_close(recall, [40 / 42, 0, 30 / 31], "recall", hint=SHARES)


@check("score_sorting", points=0.2)
def clusters_may_be_left_over(score_sorting, rng):
    """More clusters than units, and units of different size: the overlap is counted in spikes, not in shares."""
    true, labels = draw_table(rng, np.array([[50, 40, 7, 3], [6, 2, 1, 1]]))
    precision, recall, match = read_score(score_sorting(true, labels), [0, 1])
    expect_close(
        match, [0, 1], "match for the overlaps [[50, 40, 7, 3], [6, 2, 1, 1]] (rows units, columns clusters)", rtol=0,
        misconceptions={"shares of a unit or of a cluster are added up, not spikes": [1, 0]},
        hint="50 + 2 spikes are more than 40 + 6.",
    )  # fmt: skip
    expect_close(precision, [50 / 56, 2 / 42], "precision", hint=SHARES)
    expect_close(recall, [50 / 100, 2 / 10], "recall", hint=SHARES)


def draw_table(rng, overlap):
    """Units and labels in random order with these overlaps, rows units and columns clusters."""
    unit, cluster = np.indices(overlap.shape)
    order = rng.permutation(overlap.sum())
    return tuple(np.repeat(a.ravel(), overlap.ravel())[order] for a in (unit, cluster))


def read_score(value, units):
    """Read what `score_sorting` returned: precision, recall and match, one per true unit."""
    order = "The order of the results is: precision, recall, match; one value per sorted true unit."
    results = expect_results(value, "precision", "recall", "match")
    names = ("precision", "recall", "match")
    precision, recall, match = (
        expect_array(a, name, shape=(len(units),), integer=name == "match", hint=order)
        for a, name in zip(results, names, strict=True)
    )
    return precision, recall, match


@contextlib.contextmanager
def advising(before, after):
    """Put words around the message of an expectation that is not met in this block."""
    try:
        yield
    except NotAnswered:
        raise
    except CheckFailed as error:
        raise type(error)(f"{before}{error} {after}") from None


def _list(values):
    return "[" + ", ".join(f"{value:.5g}" for value in values) + "]"
