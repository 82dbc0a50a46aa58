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
    same,
)

FS = 30_000.0  # Hz
LENGTH, STRUCK = 8001, 2667  # samples; an impulse in the middle would hide that time runs backwards
CLOSE = 0.5  # ms: a detection this near a spike is a detection of it
ALONG_TIME = "Time runs along axis 0, channels along axis 1: filter with axis=0."
ONE_ROW = "x may have shape (n_samples,): a single channel."
NOTCH = "Use signal.iirnotch(freq, q, fs=fs), forwards and backwards: the band that goes is freq/q wide."
COLUMNS = "it holds the columns of the overlap table: return the labels of the clusters"
SHARES = "precision = overlap / size of the cluster, recall = overlap / size of the unit."
TWICE = "Filter forwards and backwards: signal.filtfilt or signal.sosfiltfilt, along axis 0."

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "filter_signal": "other bands, orders and sampling rates, and slow waves beside fast ones",
    "remove_line_noise": "other frequencies and widths q, and hum with spikes on it",
    "detect_spikes": "freshly simulated tetrode recordings, other N, and channels of different noise",
    "extract_waveforms": "spikes that overlap, and others just inside or outside the ends",
    "extract_features": "noisy waveforms of different size, and as many as a recording has",
    "sort_spikes": "other clusters, and other numbers of features",
    "score_sorting": "many random sortings, and long ones",
}

# filter_signal


@check("filter_signal", points=0.2)
def filtered_channels_keep_their_shape(filter_signal, rng):
    """Any form of `x`, (n_samples,) among them: `y` has its shape, each channel filtered by itself."""
    x = rng.normal(0, 10, (2000, 4)) * [1, 3, 10, 30]
    expect_channels_alike(filter_signal, x, FS, 500, 4000)
    y = read_signal(filter_signal, x, FS, 500, 4000)
    for c in range(4):
        kept = abs(np.sum(x[:, c] * y[:, c])) / max(
            np.linalg.norm(x[:, c]) * np.linalg.norm(y[:, c]), 1e-12
        )
        expect_true(
            y[:, c].std() > 0.01 * x[:, c].std() and kept < 0.95,
            f"Channel {c} of y is 0, or still x up to a factor: white noise should lose what lies outside the band.",
        )


@check("filter_signal", points=0.15)
def the_band_passes_and_the_rest_does_not(filter_signal):
    """Gain 1 inside the band, ½ at both of its edges (twice 1/√2: forwards and backwards), 0 far away."""
    y = read_impulse(filter_signal.once, FS, 500, 4000)
    expect_gain(
        gain(y, FS, [500, 4000]), 0.5, "the gain at the edges, 500 and 4000 Hz,", 0.06,
        {
            "the filter runs in one direction only": np.full(2, np.sqrt(0.5)),
            "the filter runs four times, or is of another kind than Butterworth's": np.full(2, 0.25),
        },
        "Edges are in Hz: pass fs=fs, or divide them by fs/2. " + TWICE,
    )  # fmt: skip
    # The middle of a band is where it is on a logarithmic axis.
    expect_gain(gain(y, FS, [1000, 1414, 2000]), 1, "the gain at 1000, 1414 and 2000 Hz", 0.03)
    expect_gain(gain(y, FS, [0, 50, 14_000]), 0, "the gain at 0, 50 and 14,000 Hz", 0.03)


@check("filter_signal", points=0.15)
def an_impulse_stays_where_it_is(filter_signal):
    """An impulse leaves a response symmetric about its own sample: zero phase, nothing is delayed."""
    y = read_impulse(filter_signal.once, FS, 500, 4000)
    expect_zero_phase(y)
    middle, outside = gain(y, FS, [1414, 14_000])
    expect_true(
        middle > 2 * outside,
        f"The impulse is not filtered: the gain is {middle:.2g} at 1414 Hz, inside the band, and {outside:.2g} at 14,000 Hz.",
    )


@check("filter_signal", points=0.15)
def every_argument_counts(filter_signal):
    """Another sampling rate and another band move the edges, and a higher order makes them steeper."""
    # One Butterworth filter has the squared gain 1/(1 + (edge/f)^(2·order)) below a wide band.
    for order, slope in ((2, 0.29), (5, 0.1)):
        y = read_impulse(filter_signal, 20_000.0, 250, 4000, order=order)
        how = f"Hz (band 250 to 4000 Hz, fs = 20000 Hz, order = {order})"
        hint = f"Are fs, low, high and order used as they come? {TWICE}"
        edges = gain(y, 20_000.0, [250, 4000])
        expect_gain(edges, 0.5, f"the gain at the edges, 250 and 4000 {how},", 0.06, hint=hint)
        found = gain(y, 20_000.0, [200])
        expect_gain(found, slope, f"the gain at 200 {how}", 0.05, hint=hint)


def expect_channels_alike(answer, x, *args):
    """Expect four channels to be filtered as each of them alone, whatever form they come in."""
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
    with advising(ONE_ROW):
        row = read_signal(answer, x[:, 0], *args)
    expect_close(row, y[:, 0], "y of x[:, 0]", rtol=0, atol=1e-6 * np.abs(y[:, 0]).max())


def read_signal(answer, x, *args, **kwargs):
    """Call a filter and read y, of the shape of x."""
    axes = ("padlen", "shape") if x.ndim == 2 else ("padlen",)
    with advising(ALONG_TIME, *axes), advising("Frequencies are in Hz: pass fs=fs.", "0 < "):
        return expect_array(answer(x, *args, **kwargs), "y", shape=x.shape)


def read_impulse(answer, *args, **kwargs):
    """The answer's response (n,) to an impulse of 1."""
    x = np.zeros((LENGTH, 1))
    x[STRUCK] = 1
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
    """Expect the response to an impulse to be symmetric about it and upright."""
    peak = int(np.abs(y).argmax())
    expect_true(
        abs(LENGTH - 1 - STRUCK - peak) > 2,
        f"The response to an impulse at sample {STRUCK} of n = {LENGTH} is at n − 1 − {STRUCK}: turn the result round"
        " again after the second pass.",
    )
    around = y[: 2 * STRUCK + 1]
    worst = np.abs(around - around[::-1]).max() / max(np.abs(y).max(), 1e-12)
    late = peak - STRUCK
    moved = f" Its largest value lies {abs(late)} samples {'later' if late > 0 else 'earlier'}."
    expect_true(
        np.any(y) and worst < 1e-3,
        "The response to an impulse should be symmetric about it, but values at equal distances before and"
        f" after it differ by up to {worst:.0%} of the largest.{moved if late else ''} A filter that runs only"
        f" forwards delays. {TWICE}",
    )
    upright = y[STRUCK] > 0
    expect_true(upright, "An impulse upwards gives a response downwards: y has the wrong sign.")


# remove_line_noise


@check("remove_line_noise", points=0.15)
def channels_without_hum_keep_their_shape(remove_line_noise, rng):
    """Any form of `x`, (n_samples,) among them: `y` has its shape, each channel filtered by itself."""
    sizes = np.array([1, 3, 10, 30])
    noise = rng.normal(0, 10, (1500, 4)) * sizes
    expect_channels_alike(remove_line_noise, noise, 1000.0)
    hum = np.sin(2 * np.pi * 50 * np.arange(1500) / 1000)
    y = read_signal(remove_line_noise, noise + 50 * hum[:, None] * sizes, 1000.0)[500:1000]
    # Ten hums or more in 500 samples: what else the noise has at 50 Hz is small.
    found = 2 * np.abs(np.exp(-2j * np.pi * 0.05 * np.arange(500)) @ y) / 500
    expect_true(
        np.all(found < 25 * sizes) and np.all(y.std(axis=0) > 2 * sizes),
        f"On four channels of noise a hum of {_list(50 * sizes)} should go and the noise stay, but of the hum {_list(found)}"
        f" is left in the middle, and the standard deviation there is {_list(y.std(axis=0))}.",
    )


@check("remove_line_noise", points=0.2)
def the_hum_goes_and_its_neighbours_stay(remove_line_noise):
    """Gain 0 at 50 Hz and nearly 1 at 45 and 55 Hz, at 0 and at 150 Hz."""
    y = read_impulse(remove_line_noise.once, 1000.0)
    expect_gain(gain(y, 1000, [50]), 0, "the gain at 50 Hz", 0.03, hint=NOTCH)
    expect_gain(gain(y, 1000, [45, 55]), 1, "the gain at 45 and 55 Hz", 0.08, hint=NOTCH)
    expect_gain(gain(y, 1000, [0, 150, 400]), 1, "the gain at 0, 150 and 400 Hz", 0.03, hint=NOTCH)


@check("remove_line_noise", points=0.15)
def the_notch_delays_nothing(remove_line_noise):
    """An impulse leaves a response symmetric about its own sample: the notch has zero phase too."""
    y = read_impulse(remove_line_noise.once, 1000.0)
    expect_zero_phase(y)
    expect_true(
        gain(y, 1000.0, [50])[0] < 0.7 * gain(y, 1000.0, [150])[0],
        f"The impulse is not filtered: 50 Hz does not lose more than 150 Hz. {NOTCH}",
    )


@check("remove_line_noise", points=0.15)
def frequency_and_quality_count(remove_line_noise):
    """The notch stands at `freq`, and its gain is ½ at freq ± freq/(2q)."""
    expect_notch(remove_line_noise, 800.0, 60.0, 10.0)


def expect_notch(remove_line_noise, fs, freq, q):
    """Expect gain 0 at a frequency and ½ at the edges of the notch, all in Hz."""
    y = read_impulse(remove_line_noise, fs, freq=freq, q=q)
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
    """`s` ascends and lies inside the signal, `t` is the same in ms, for any `fs`; `x` may be (n_samples,)."""
    fs = float(rng.choice([20_000, 24_000]))
    x, true = one_channel(rng, fs)
    s, t, _ = read_detection(detect_spikes(x, fs), x, fs)
    expect_true(len(s) > 0, "Nothing was detected in a signal with spikes of ten times σ and more.")
    reach = 2 * CLOSE * fs / 1000
    expect_true(
        np.mean(nearest_distance(true, s) <= reach) >= 0.5
        and np.mean(nearest_distance(s, true) <= reach) >= 0.5,
        f"Of {len(true)} large spikes hardly any were detected, or most of {len(s)} detections are no spikes.",
    )
    expected = s * 1000 / fs
    expect_close(
        t, expected, f"t at fs = {fs:g} Hz", rtol=0, atol=1010 / fs,
        misconceptions={
            "t is in seconds": expected / 1000,
            "t is in samples": s,
            "the sampling rate is taken to be 30,000 Hz: use fs": s / 30,
        },
        hint="t = 1000·s/fs, in ms.",
    )  # fmt: skip
    with advising(ONE_ROW):
        row, _, _ = read_detection(detect_spikes(x[:, 0], fs), x, fs)
        expect_close(row, s, "s of x[:, 0]", rtol=0)


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
        s, _, thrd = read_detection(detect_spikes(z, FS), x)
        hint = first_the_threshold(thrd, x, "s = sample of the trough, where x < −N·σ.")
        expect_found(s, true, FS, hint)


@check("detect_spikes", points=0.15)
def spikes_are_dated_by_their_trough(detect_spikes, rng):
    """Small and large spikes are dated at the same place, their trough, not where they cross the threshold."""
    n, fs = 24_000, FS
    true = spaced(rng, n, 24, 300)
    x = coloured(rng, n)[:, None]
    add_spikes(x, true, np.tile([[14], [250]], (12, 1)))
    s, _, thrd = read_detection(detect_spikes(x, fs), x)
    hint = "The spikes are 14 and 250 times as large as the noise."
    expect_found(s, true, fs, first_the_threshold(thrd, x, hint))
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
def spikes_within_the_lockout_are_one(detect_spikes, rng):
    """Two spikes closer than the lockout are one, further apart two; a spike left out locks nothing out."""
    n = 24_000
    starts = spaced(rng, n - 200, 16, 900)
    gaps = np.tile([0.6, 1.6], 8)  # ms
    x = coloured(rng, n)[:, None]
    sizes = np.repeat([[[30], [22]], [[22], [30]]], 8, axis=0)  # the deeper one comes first or last
    for start, gap, size in zip(starts, gaps, sizes, strict=True):
        add_spikes(x, start + np.array([0, round(gap * 30)]), size, width=3.0)
    for lockout in (1.0, 2.0):
        s, _, thrd = read_detection(detect_spikes(x, FS, lockout=lockout), x)
        hint = "The lockout is in ms: of troughs nearer to each other than that, one is kept."
        for gap in (0.6, 1.6):
            expect_count(
                s, starts[gaps == gap], 1 + (gap > lockout),
                f"two spikes {gap:g} ms apart, with lockout = {lockout:g} ms,",
                first_the_threshold(thrd, x, hint),
            )  # fmt: skip
    # 0, .7 and 1.4 ms: the second is too near the first; the third is not, whatever came in between.
    x = coloured(rng, n)[:, None]
    for start in starts:
        add_spikes(x, start + np.array([0, 21, 42]), [[40], [15], [28]], width=3.0)
    s, _, thrd = read_detection(detect_spikes(x, FS, lockout=1.0), x)
    hint = (
        "The second is left out and locks nothing out, so the third counts: go through the troughs from the deepest,"
        " leave out those nearer than the lockout to one that was kept."
    )
    what = "spikes at 0, 0.7 and 1.4 ms, with lockout = 1 ms,"
    expect_count(s, starts, 2, what, first_the_threshold(thrd, x, hint))


@check("detect_spikes", points=0.1)
def upward_peaks_are_no_spikes(detect_spikes, rng):
    """Artefacts that only go up are not detected."""
    n = 30_000
    places = spaced(rng, n, 40, 300)
    x = coloured(rng, n)[:, None]
    add_spikes(x, places[::2], np.full((20, 1), 15))
    up = places[1::2]
    t = np.arange(-40, 41)
    x[up[:, None] + t, 0] += 30 * np.exp(-(t**2) / 2 / 6.0**2)
    s, _, thrd = read_detection(detect_spikes(x, FS), x)
    taken = int(np.sum(nearest_distance(up, s) <= CLOSE * FS / 1000))
    expect_true(
        taken <= 2,
        f"{taken} of {len(up)} peaks that only go up were detected. Spikes outside a cell go down: compare x, not |x|,"
        " with −N·σ.",
    )
    expect_found(s, places[::2], FS, first_the_threshold(thrd, x))


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


def read_detection(value, x, fs=FS):
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
        not (np.any(s) and np.allclose(t, s * fs / 1000)),
        f"It looks as if s and t are exchanged. {order}",
    )
    expect_true(
        np.all(np.diff(s) > 0),
        "s should ascend without repeats. Spikes of all channels belong into one list in the order of time."
        " (np.unique sorts and drops what is there twice.)",
    )
    expect_within(s, 0, n - 1, "s", hint=f"Samples of x lie between 0 and {n - 1}. {order}")
    return s, t, thrd


def threshold(x, N):
    """−N·median|x|/.6745 of each channel of x (n, n_channels)."""
    return -N * np.median(np.abs(x), axis=0) / 0.6745


def expect_threshold(thrd, x, N):
    """Expect the threshold of each channel; of one number for all only that it lies between them."""
    expected = threshold(x, N)
    what = "thrd" if len(expected) == 1 else f"thrd of {len(expected)} channels"
    hint = "σ = median|x|/.6745 of every channel, thrd = −N·σ."
    pooled, mixed = (
        threshold(x.ravel(), N),
        "all channels are pooled, but each has noise of its own",
    )
    if len(thrd) < len(expected):
        expect_within(thrd, 1.02 * expected.min(), 0.98 * expected.max(), what, hint=hint)
        unlike = expected.min() < 1.5 * expected.max()
        wrong = unlike and abs(thrd[0] / pooled - 1) < 0.01
        expect_true(not wrong, f"{what} is {thrd[0]:.4g}. It looks as if {mixed}. {hint}")
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
        misconceptions[mixed] = np.full(len(expected), pooled)
    expect_close(thrd, expected, what, rtol=0.01, misconceptions=misconceptions, hint=hint)


def first_the_threshold(thrd, x, hint=""):
    """The hint for one channel, unless its threshold is wrong: that comes first."""
    if np.allclose(thrd, threshold(x, 5), rtol=0.05):
        return hint
    return f"thrd is {thrd[0]:.4g} here and should be {threshold(x, 5)[0]:.4g}: mend the threshold first."


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


def expect_count(s, starts, expected, what, why):
    """Expect so many detections within 5 ms of each start; one group may be disturbed by noise."""
    found = np.array([np.sum((s >= a - 15) & (s < a + 150)) for a in starts])
    wrong = np.flatnonzero(found != expected)
    expect_true(
        len(wrong) <= 1,
        f"{what[:1].upper()}{what[1:]} should give {expected} detection{'s' * (expected > 1)} but give"
        f" {found[wrong[:1]].sum()} (from sample {starts[wrong[:1]].sum()}). {why}",
    )


# extract_waveforms


@check("extract_waveforms", points=0.2)
def a_window_of_30_samples_for_every_spike(extract_waveforms, rng):
    """`w` has shape (n, 30, channels) for any form of `x`, (n_samples,) among them, and for no spike at all."""
    import pandas as pd

    for n_channels in (1, 4):
        x, s = spikes_in_noise(rng, n_channels)
        w = read_waveforms(extract_waveforms(x, s), len(s), n_channels)
        expect_true(
            np.all(np.isclose(w, x[s][:, None]).any(axis=1)) and np.all(np.ptp(w, axis=1) > 0),
            "A window should hold the signal around its spike, but the sample x[s[i]] is not in w[i], or nothing else is.",
        )
        z = read_waveforms(extract_waveforms(pd.DataFrame(x), s), len(s), n_channels)
        expect_close(z, w, "w of a DataFrame")
    with advising(ONE_ROW):
        row = read_waveforms(extract_waveforms(x[:, 0], s), len(s), 1)
        expect_close(row, w[:, :, :1], "w of x[:, 0]")
    with advising("That was a call without any spike: s = np.array([], dtype=int)."):
        read_waveforms(extract_waveforms(x, s[:0]), 0, n_channels)


@check("extract_waveforms", points=0.25)
def windows_hold_the_signal_around_the_trough(extract_waveforms, rng):
    """Each window is the signal itself, in order, sample `s` at one index in all: 10, or the centre."""
    x, s = spikes_in_noise(rng, 4)
    expect_windows(extract_waveforms(x, s), x, s)
    # On one channel all spikes come three samples later, and larger.
    x[s + 3, 2] = 2 * x[s].min()
    with advising(
        "The window stays where s says, also when a later sample is deeper: do not move s."
    ):
        expect_windows(extract_waveforms(x, s), x, s)


@check("extract_waveforms", points=0.2)
def spikes_at_the_ends_are_dropped(extract_waveforms, rng):
    """A spike whose window does not fit is dropped; all others stay."""
    x, s = spikes_in_noise(rng, 4)
    n = len(x)
    with advising("Drop those spikes, do not pad: keep s ≥ 10 and s + 20 ≤ len(x)."):
        at = expect_windows(
            extract_waveforms(x, np.concatenate([[4], s, [n - 8]])), x, s,
            ": two of the 14 spikes lie 4 and 8 samples from the ends",
        )  # fmt: skip
        first, last = at, n - 30 + at  # the outermost windows that fit
        fit = np.concatenate([[first], s, [last]])
        expect_windows(
            extract_waveforms(x, np.concatenate([[first - 1], fit, [last + 1]])), x, fit,
            f": the windows of spikes at {first} and {last} just fit into {n} samples, those at {first - 1} and"
            f" {last + 1} do not",
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
    """Expect the windows of all spikes s, these at the same index in all of them, which is returned."""
    w = read_waveforms(value, len(s), x.shape[1], which)
    windows = [x[np.clip(s[:, None] - o + np.arange(30), 0, len(x) - 1)] for o in range(30)]
    found = next((o for o, window in enumerate(windows) if np.allclose(w, window)), None)
    offsets = (10, 14, 15)
    if found in offsets:
        return found
    why = "Row j of window i is x[s[i] − 10 + j], for j from 0 to 29."
    if found is not None:
        why = f"The trough lies at index {found} of the window: it should be at 10, or in the centre (14 or 15)."
    elif any(np.allclose(w, windows[o][:, ::-1]) for o in offsets):
        why = "It looks as if time runs backwards."
    o = min(offsets, key=lambda o: np.abs(w - windows[o]).sum())
    i, j, c = np.argwhere(~np.isclose(w, windows[o]))[0]
    expect_true(
        False,
        f"w[{i}, {j}, {c}] should be the signal at sample {s[i] - o + j}, {windows[o][i, j, c]:.4g}, but is"
        f" {w[i, j, c]:.4g}. {why}",
    )


# extract_features


@check("extract_features", points=0.2)
def three_features_for_each_of_four_channels(extract_features, rng):
    """`b` has shape (n, 12), alone or in front of `means` and `axes`."""
    w, _ = known_waveforms(rng)
    expect_made_of(read_features(extract_features(w), len(w)), w)


@check("extract_features", points=0.2)
def features_are_centred(extract_features, rng):
    """The mean waveform is subtracted: every feature has mean 0 over the spikes."""
    w, _ = known_waveforms(rng)
    b = read_features(extract_features(w), len(w))
    expect_centred(b)
    expect_made_of(b, w)


@check("extract_features", points=0.3)
def variances_are_the_largest_eigenvalues(extract_features, rng):
    """The variances of the three features of a channel are the largest there are, and nothing is rescaled."""
    w, scores = known_waveforms(rng)
    b = read_features(extract_features(w), len(w))
    expect_variances(b, scores)
    expect_made_of(b, w)


@check("extract_features", points=0.3)
def features_are_the_coordinates_of_the_waveforms(extract_features, rng):
    """Waveforms made from known coordinates along axes of their own per channel: `b` holds these, up to sign."""
    w, scores = known_waveforms(rng)
    expect_scores(read_features(extract_features(w), len(w)), leading(scores))


def known_waveforms(rng, n=200):
    """Waveforms (n, 30, 4) made of 30 orthogonal shapes per channel, and their scores (n, 4, 30), largest first."""
    w, scores = np.empty((n, 30, 4)), np.empty((n, 4, 30))
    sizes = np.concatenate([[60, 35, 20, 8, 4], np.geomspace(2, 0.5, 25)])
    for c in range(4):
        z = rng.standard_normal((n, 30))
        z = np.linalg.qr(z - z.mean(axis=0))[0] * np.sqrt(n)  # centred, uncorrelated, variance 1
        scores[:, c] = z * sizes * (1 + 0.17 * c)
        axes = np.linalg.qr(rng.standard_normal((30, 30)))[0]
        mean = -200 * np.exp(-0.5 * ((np.arange(30) - 10) / 3.0) ** 2) * rng.uniform(0.5, 1)
        w[:, :, c] = mean + scores[:, c] @ axes.T
    return w, scores


def leading(scores):
    """The three largest of all scores (n, 4, 30) of each channel, (n, 12)."""
    return scores[:, :, :3].reshape(-1, 12)


def read_features(value, n):
    """Read what `extract_features` returned: b (n, 12), alone or with means and axes after it."""
    hint = "Its columns are three principal components for each of four channels."
    if isinstance(value, (tuple, list)) and len(value) == 3 and np.shape(value[0]) == (n, 12):
        value = value[0]
    return expect_array(value, "b", shape=(n, 12), hint=hint)


def expect_centred(b):
    """Expect every column to have mean 0, up to a thousandth of the spread of the widest."""
    means = np.abs(b.mean(axis=0))
    worst = int(means.argmax())
    expect_true(
        means[worst] < 1e-3 * max(b.std(axis=0).max(), 1e-12),
        f"Column {worst} of b has mean {b[:, worst].mean():.4g} over the spikes, which should be 0. Subtract the mean"
        " waveform of each channel (the mean over spikes, axis 0) before you project.",
    )


def expect_made_of(b, w):
    """Expect every column of b (n, 12) to be a weighted sum of the samples of w (n, 30, 4), and none constant."""
    samples = np.column_stack([w.reshape(len(w), -1), np.ones(len(w))])
    left = b - samples @ np.linalg.lstsq(samples, b)[0]
    share = left.var(axis=0) / np.maximum(b.var(axis=0), 1e-12)
    worst = int(np.argmax(np.where(np.ptp(b, axis=0) > 0, share, np.inf)))
    expect_true(
        np.ptp(b[:, worst]) > 0,
        f"Column {worst} of b is {b[0, worst]:.4g} for every spike: project the waveforms on axes.",
    )
    expect_true(
        share[worst] < 0.01,
        f"Column {worst} of b does not come from the waveforms: a feature is a weighted sum of the samples of a channel.",
    )


def expect_variances(b, scores):
    """Expect the variances of the columns, sorted, and recognise features that were rescaled."""
    variances = np.sort(b.var(axis=0))[::-1]
    looks = (
        "All are alike: features keep their size in µV, do not divide them by their standard deviation. "
        if np.allclose(variances, variances[0], rtol=0.02, atol=0)
        else ""
    )
    first, last = (
        np.sort(z.var(axis=0).ravel())[::-1] for z in (leading(scores), scores[:, :, -3:])
    )
    expect_close(
        variances, first, "the variances of the features, sorted,", rtol=0.02,
        misconceptions={
            "these are the smallest eigenvalues: eigh sorts ascending, take its last three columns": last
        },
        hint=looks + "They are the three largest eigenvalues of each channel's covariance matrix.",
    )  # fmt: skip


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
        "The columns have the right direction but another scale: axes have length 1, and features stay in µV (with"
        " an SVD they are U·S, not U)."
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


@check("sort_spikes", points=0.15)
def a_label_for_every_spike_and_a_bic_for_every_fit(sort_spikes):
    """labels (n,), best_K (an element of K) and bic (n_seeds, len(K)), in this order."""
    x, true = two_clouds(np.random.default_rng(1))
    labels, _, bic = run_sorting(sort_spikes.once, x, [2, 3, 1], 2)
    try:
        expect_single(x, [2, 3, 1], bic)
    except CheckFailed:  # its own check says so
        expect_sorted(np.minimum(labels, 1), 2, true, 0.2)


@check("sort_spikes", points=0.25)
def every_column_of_bic_belongs_to_its_k(sort_spikes, rng):
    """Columns keep the order of K, any order. That of K = 1 has a closed form, for hundreds of spikes or thousands."""
    x, true = two_clouds(np.random.default_rng(1))
    K = [2, 3, 1]
    _, _, bic = run_sorting(sort_spikes.once, x, K, 2)
    expect_single(x, K, bic)
    expect_clear(x, true, K, bic)
    many = one_cloud(rng, 6000, 12)  # more than a sample holds
    _, _, bic = run_sorting(sort_spikes, many, [1], 2)
    expect_single(many, [1], bic)


@check("sort_spikes", points=0.2)
def the_smallest_bic_decides(sort_spikes, rng):
    """`best_K` is the K whose column of `bic` holds the smallest value of the table: 2 for two clear clusters."""
    for x, K, right in (
        (two_clouds(rng)[0], [3, 2, 1], 2),
        (one_cloud(rng, 1000, 6), [2, 1], 1),
    ):
        _, best_K, bic = run_sorting(sort_spikes, x, K, 2)
        expect_smallest(best_K, bic, K)
        clusters = "two clear clusters" if right > 1 else "a single cluster"
        expect_true(best_K == right, f"best_K is {best_K} for features of {clusters}.")


@check("sort_spikes", points=0.2)
def labels_are_those_of_the_best_fit(sort_spikes, rng):
    """`labels` has at most best_K values and tells two clear clusters apart."""
    x, true = two_clouds(rng)
    labels, best_K, _ = run_sorting(sort_spikes, x, [2, 3, 1], 2)
    expect_sorted(labels, best_K, true, 0.95)


@check("sort_spikes", points=0.2)
def every_seed_is_a_run_of_its_own(sort_spikes, rng):
    """Without clusters the seeds end in different places, and the same ones again when called again."""
    x = rng.uniform(-50, 50, (160, 12))
    first, second = (run_sorting(sort_spikes, x, [2], 3) for _ in range(2))
    expect_true(
        np.ptp(first[2]) > 1e-6,
        f"All three seeds give the BIC {first[2][0, 0]:.6g} on data without clusters: pass another seed in every"
        " row (random_state or random_seed = 0, 1, …).",
    )
    expect_true(
        same(first, second),
        "Two calls with the same arguments give different results: pass the seed 0, 1, … n_seeds − 1 of each row on"
        " to the mixture.",
    )
    clear, true = two_clouds(rng)
    labels, _, _ = run_sorting(sort_spikes, clear, [2], 2)
    expect_sorted(labels, 2, true, 0.5)


def expect_single(x, K, bic):
    """Expect the column of bic for K = 1 to be what its closed form says."""
    n, d = x.shape
    LL, P = fit_apart([x])
    diagonal = -n / 2 * (d * np.log(2 * np.pi) + 2 * np.log(x.std(axis=0)).sum() + d)
    one, own = -2 * LL + P * np.log(n), list(K).index(1)
    where = [
        k for k, column in zip(K, bic.T, strict=True) if k > 1 and np.allclose(column, one, atol=1)
    ]
    moved = "".join(f" It stands in the column of {k}: keep the order of K." for k in where[:1])
    mistakes = {
        "the log-likelihood is there, not the BIC": LL,
        "the mean log-likelihood of a spike is used (`score` of scikit-learn): it is the sum": (
            -2 * LL / n + P * np.log(n)
        ),
        "the penalty is subtracted, it should be added": -2 * LL - P * np.log(n),
        "all signs are turned round": -one,
        "the penalty is 2·P, which is the AIC": -2 * LL + 2 * P,
        "the covariances are diagonal: features are correlated within a cluster": (
            -2 * diagonal + 2 * d * np.log(n)
        ),
        "the parameters are counted as in two dimensions: d is features.shape[1]": -2 * LL
        + 5 * np.log(n),
    }
    rows = np.ones(len(bic))
    expect_close(
        bic[:, own], one * rows, f"the column of bic for K = 1 (K = {list(K)})", rtol=0, atol=1.0,
        misconceptions={why: value * rows for why, value in mistakes.items()},
        hint="bic[seed, j] = −2·LL + P·ln n for K[j] clusters, LL that of all n spikes of features, after iterations on"
        f" all of them.{moved}",
    )  # fmt: skip


def expect_clear(x, true, K, bic):
    """Expect the smallest value of the column for the true number of clusters, so clear that Gaussians add up."""
    clusters = [x[true == u] for u in np.unique(true)]
    LL, P = fit_apart(clusters)
    k = len(clusters)
    expected, own = -2 * LL + P * np.log(len(x)), list(K).index(k)
    expect_within(
        bic[:, own].min(), expected - 10, expected + 10,
        f"the smallest value of the column of bic for K = {k} (K = {list(K)})",
        hint="bic[seed, j] = −2·LL + P·ln n, where the weights of the clusters count in LL and in P.",
    )  # fmt: skip


def fit_apart(clusters):
    """LL and number of parameters of the best Gaussian for each cluster (n_k, d), so far apart that they add up."""
    n, d, k = sum(map(len, clusters)), clusters[0].shape[1], len(clusters)
    LL = 0.0
    for x in clusters:
        spread = d * np.log(2 * np.pi) + np.linalg.slogdet(np.cov(x.T, bias=True))[1] + d
        LL += len(x) * (np.log(len(x) / n) - spread / 2)
    return LL, k - 1 + k * (d + d * (d + 1) // 2)


def two_clouds(rng, sizes=(220, 130), d=12):
    """Features (n, d) of two units with correlated features of their own, and their units."""
    clouds = [
        rng.standard_normal((size, d)) @ turned(rng, np.geomspace(8, 25, d)) for size in sizes
    ]
    away = np.zeros(d)
    away[rng.permutation(d)[:4]] = rng.choice([-1, 1], 4) * 100
    x = np.concatenate([clouds[0], clouds[1] + away])
    order = rng.permutation(len(x))
    return x[order], np.repeat([0, 1], sizes)[order]


def one_cloud(rng, n, d):
    """Features (n, d) of one unit, correlated, with standard deviations far above that of the noise."""
    return rng.standard_normal((n, d)) @ turned(rng, np.geomspace(15, 45, d))


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
    expect_true(
        best_K == K[int(column.argmin())],
        f"best_K is {best_K}, but the smallest BIC of K = {list(K)} over the seeds is {_list(column)}: that of"
        f" K = {K[int(column.argmin())]} is the smallest. A smaller BIC is better; columns keep the order of K.",
    )


def expect_sorted(labels, best_K, true, least):
    """Expect at most best_K labels that agree with the truth (adjusted Rand index)."""
    from sklearn.metrics import adjusted_rand_score

    used = len(np.unique(labels))
    expect_true(
        used <= best_K,
        f"labels holds {used} different values, but best_K is {best_K}: return the labels of the fit that has the"
        " smallest BIC.",
    )
    index = adjusted_rand_score(true, labels)
    why = " All spikes have the same label." if used == 1 else ""
    expect_true(
        index >= least,
        f"The labels hardly agree with the units (adjusted Rand index {index:.2f}, at least {least} is possible)."
        f"{why} Are they those of the fit with the smallest BIC, row by row of `features`, not of the last fit?",
    )


# score_sorting


@check("score_sorting", points=0.25)
def a_perfect_sorting_has_precision_and_recall_one(score_sorting, rng):
    """Units under other names score 1; results follow the sorted distinct true units, match tells the names."""
    units = np.sort(rng.choice(50, 4, replace=False))
    names = rng.choice(50, 4, replace=False)
    true = rng.permutation(np.repeat(np.arange(4), [30, 20, 10, 5]))
    precision, recall, match = read_score(score_sorting(units[true], names[true]), units)
    expect_close(
        match, names, "match", rtol=0, misconceptions={COLUMNS: names.argsort().argsort()},
        hint="match[i] is the label of the i-th unit's cluster.",
    )  # fmt: skip
    expect_close(precision, np.ones(4), "precision")
    expect_close(recall, np.ones(4), "recall")


@check("score_sorting", points=0.3)
def the_total_overlap_counts(score_sorting, rng):
    """Two units prefer the same cluster: the assignment with the largest total overlap wins."""
    a, b, c = (int(rng.integers(*ends)) for ends in ((80, 100), (65, 80), (50, 65)))
    overlap, best, other = np.array([[a, b], [c, 0]]), np.array([1, 0]), np.array([0, 1])
    if rng.random() < 0.5:  # the columns in the other order
        overlap, best, other = overlap[:, ::-1], other, best
    true, labels = draw_table(rng, overlap)
    precision, recall, match = read_score(score_sorting(true, labels), [0, 1])
    expect_close(
        match, best, f"match for the overlaps {overlap.tolist()} (rows units, columns clusters)", rtol=0,
        misconceptions={
            "every unit takes the cluster it overlaps with most, or the largest overlap first": other,
            "two units share a cluster: the assignment is one-to-one": other[[0, 0]],
        },
        hint=f"{b} + {c} spikes are more than {a} + 0: scipy.optimize.linear_sum_assignment(overlap, maximize=True).",
    )  # fmt: skip
    p, r = np.array([1, c / (a + c)]), np.array([b / (a + b), 1])
    for name, value, expected, other in (("precision", precision, p, r), ("recall", recall, r, p)):
        expect_close(
            value, expected, name,
            misconceptions={
                "precision and recall are exchanged": other,
                "it is divided by the number of all spikes": np.array([b, c]) / (a + b + c),
            },
            hint=SHARES,
        )  # fmt: skip


@check("score_sorting", points=0.25)
def a_unit_without_a_cluster_scores_nothing(score_sorting, rng):
    """A unit for which no cluster is left, or none that shares a spike with it: match −1, precision and recall 0."""
    for overlap, best in (
        ([[40, 2], [9, 6], [1, 30]], [0, -1, 1]),
        ([[50, 0, 0], [30, 0, 0], [0, 40, 20]], [0, -1, 1]),
    ):
        overlap = np.array(overlap)
        overlap += rng.integers(5, size=overlap.shape) * (overlap > 9)
        what = f"match for the overlaps {overlap.tolist()} (rows units, columns clusters)"
        precision, recall, match = read_score(
            score_sorting(*draw_table(rng, overlap)), range(len(overlap))
        )
        expect_close(match, best, what, rtol=0,
                     hint="Match is −1 where no cluster is left that shares a spike with the unit.")  # fmt: skip
        shared = np.array([overlap[0, 0], 0, overlap[2, 1]])
        expect_close(precision, shared / overlap.sum(axis=0)[best], "precision", hint=SHARES)
        expect_close(recall, shared / overlap.sum(axis=1), "recall", hint=SHARES)


@check("score_sorting", points=0.2)
def clusters_may_be_left_over(score_sorting, rng):
    """More clusters than units, and units of different size: the overlap is counted in spikes, not in shares."""
    overlap = np.array([[50, 40, 7, 3], [6, 2, 1, 1]])
    overlap[0, :3] += rng.integers(3, size=3)
    turn = rng.permutation(4)  # of the clusters: unit u has the cluster where(turn == u)
    true, labels = draw_table(rng, overlap[:, turn])
    precision, recall, match = read_score(score_sorting(true, labels), [0, 1])
    expect_close(
        match, turn.argsort()[:2], f"match for the overlaps {overlap[:, turn].tolist()} (rows units, columns clusters)",
        rtol=0,
        misconceptions={
            "shares of a unit or of a cluster are added up, not spikes": turn.argsort()[[1, 0]]
        },
        hint=f"{overlap[0, 0]} + 2 spikes are more than {overlap[0, 1]} + 6.",
    )  # fmt: skip
    shared = np.array([overlap[0, 0], 2])
    expect_close(precision, shared / overlap.sum(axis=0)[:2], "precision", hint=SHARES)
    expect_close(recall, shared / overlap.sum(axis=1), "recall", hint=SHARES)


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
def advising(after, *about):
    """Put a hint behind the message of an expectation that is not met in this block.

    With words in `about`, only behind messages in which one of them occurs.
    """
    try:
        yield
    except NotAnswered:
        raise
    except CheckFailed as error:
        if about and not any(words in str(error) for words in about):
            raise
        raise type(error)(f"{error} {after}") from None


def _list(values):
    return "[" + ", ".join(f"{value:.5g}" for value in values) + "]"
