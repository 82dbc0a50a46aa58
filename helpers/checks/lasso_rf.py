"""What a student can check in lab 05, lasso receptive field: what makes a real neuron fire?"""

import numpy as np

from . import (
    CheckFailed,
    check,
    expect_array,
    expect_close,
    expect_number,
    expect_results,
    expect_true,
)

FLAT = 1e-2  # slope of a likelihood at its maximum, in units of its slope where all weights are 0
TOLERANCE = 1e-3  # of a penalised objective above its minimum
NEARLY_ZERO = 1e-4  # of the largest weight
ROWS = "One row for each pixel, one column for each lag."
TURN = "turn u and v together until the entry of u that is largest in size is positive"

# Ten pixels, of which neighbours often flicker together, and a neuron that sees them one frame late: the
# smallest objectives (lag, alpha) → mean(exp(η) − c·η) + alpha·Σ|w|, known to seven digits.
SMALLEST = {
    (0, 0.05): -0.1486693, (0, 0.1): -0.1009522, (0, 0.2): -0.0863684,
    (1, 0.05): -0.8301897, (1, 0.1): -0.7068405, (1, 0.2): -0.5095868,
}  # fmt: skip

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "bin_spikes": "random trains on irregular flips, and clocks that start elsewhere",
    "fit_rf": "a whole simulated cell, other numbers of pixels, frames and lags, and many spikes in a frame",
    "separate_space_time": "fields of other sizes, with noise, and turned ones",
    "fit_lasso_rf": "a whole simulated cell at several α, and random data whose pixels flicker together",
    "lasso_path": "a simulated cell: every column, and the choice of α",
    "sta": "random trains on irregular flips at several lags",
}

# bin_spikes


@check("bin_spikes", points=0.25)
def counts_lie_between_consecutive_flips(bin_spikes, rng):
    """Frame k counts the spikes from flip k to flip k + 1, however long it lasts: one count fewer than there are flips."""
    counts = rng.integers(0, 7, 30)
    counts[[0, 3, -1]] = 2, 0, 3
    triggers = irregular_flips(rng, 30)
    spikes = spikes_in_frames(rng, counts, triggers)
    rate = "counts were divided by the length of their frame: leave them as numbers of spikes"
    mistakes = {**usual_bins(spikes, triggers), rate: counts / np.diff(triggers)}
    expect_counts(bin_spikes(spikes, triggers), counts, mistakes)


@check("bin_spikes", points=0.15)
def spikes_outside_the_stimulus_are_ignored(bin_spikes, rng):
    """Spikes before the first flip or after the last one belong to no frame."""
    counts = rng.integers(1, 4, 20)
    triggers = irregular_flips(rng, 20)
    before, after = triggers[0] - np.array([0.9, 0.4, 0.1]), triggers[-1] + np.array([0.1, 0.5])
    inside = spikes_in_frames(rng, counts, triggers)
    last = counts + 3 * np.eye(20, dtype=int)[-1]
    outer = counts + 3 * np.eye(20, dtype=int)[0] + 2 * np.eye(20, dtype=int)[-1]
    mistakes = {
        "spikes outside were added to the first and the last frame: leave them out": outer,
        "spikes before the first flip were added to the last frame (index −1)": last,
    }
    expect_counts(bin_spikes(np.concatenate([before, inside, after]), triggers), counts, mistakes)


@check("bin_spikes", points=0.1)
def a_spike_on_a_flip_belongs_to_the_frame_that_begins(bin_spikes, rng):
    """A spike exactly at triggers[k] counts in frame k, not in frame k − 1."""
    triggers = np.array([1.0, 1.25, 1.5, 1.875, 2.0])
    spikes = np.array([1.0, 1.25, 1.25, 1.6, 1.875])
    more = rng.integers(1, 6, 4)  # spikes inside the frames
    spikes = np.sort(np.append(spikes, spikes_in_frames(rng, more, triggers)))
    where = "{}: it belongs to the one that begins".format
    mistakes = {
        where("a spike on a flip went into the frame that ends there"): [3, 0, 2, 0],
        where("a spike on a flip went into the frame that ends there, or got lost"): [2, 0, 2, 0],
        where("a spike on a flip was counted in both frames"): [3, 2, 2, 1],
    }
    mistakes = {said: more + np.array(on_flips) for said, on_flips in mistakes.items()}
    expect_counts(bin_spikes(spikes, triggers), more + np.array([1, 2, 1, 1]), mistakes)


@check("bin_spikes", points=0.15)
def silent_neurons_and_single_frames_are_no_problem(bin_spikes, rng):
    """A train without spikes gives zeros; two flips make one frame."""
    triggers = np.array([0.5, 0.7, 1.0, 1.2])
    expect_counts(bin_spikes(np.array([]), triggers), np.zeros(3))
    burst = np.zeros(3, int)
    burst[rng.integers(3)] = rng.integers(3, 9)
    expect_counts(bin_spikes(spikes_in_frames(rng, burst, triggers), triggers), burst)
    one = np.array([int(rng.integers(1, 9))])
    flips = np.array([2.0, 2.5])
    expect_counts(bin_spikes(spikes_in_frames(rng, one, flips), flips), one)


def irregular_flips(rng, n_frames, start=3.0):
    """Times of n_frames + 1 flips (s): frames last .1 to .3 s and one of them much longer."""
    lengths = rng.uniform(0.1, 0.3, n_frames)
    lengths[n_frames // 2] = 1.5
    return start + np.concatenate([[0.0], np.cumsum(lengths)])


def spikes_in_frames(rng, counts, triggers):
    """Ascending spike times (s), so many in each frame, none near a flip."""
    k = np.repeat(np.arange(len(counts)), counts)
    return np.sort(triggers[k] + rng.uniform(0.05, 0.95, len(k)) * np.diff(triggers)[k])


def usual_bins(spikes, triggers):
    """Sentences that complete "it looks as if …", with the counts each mistake would give."""
    equal = "frames were taken to be equally long"
    spans = {
        f"{equal}: count between the flips themselves": triggers,
        f"{equal}, from the first spike to the last: count between the flips": np.sort(spikes),
    }
    n = len(triggers) - 1
    return {said: np.histogram(spikes, n, (x[0], x[-1]))[0] for said, x in spans.items()}


def expect_counts(value, counts, mistakes=None):
    """Expect `bin_spikes` to have returned these counts."""
    n, counts = len(counts), np.asarray(counts, float)
    hint = f"{n + 1} flips have {n} frames between them."
    found = expect_array(value, "counts", shape=(n,), hint=hint)
    share = "counts were divided by their sum: leave them as numbers of spikes"
    usual = {
        "all counts lie one frame too late": np.append(0, counts[:-1]),
        "all counts lie one frame too early": np.append(counts[1:], 0),
        "frames only say whether there was a spike: count them": np.minimum(counts, 1),
        share: counts / max(counts.sum(), 1),
        "counts add up from frame to frame: count each frame by itself": np.cumsum(counts),
        **(mistakes or {}),
    }
    expect_close(found, counts, "counts", rtol=0, atol=1e-9, misconceptions=usual)


# fit_rf


@check("fit_rf", points=0.3)
def the_likelihood_is_flat_at_the_weights(fit_rf, rng):
    """At the most likely weights the log-likelihood of r = exp(w·s)·dt·R has slope 0 in every pixel: one column for each lag."""
    stim, counts = flickering_neuron(rng, 12, 400, lag=0, mean=3.0)
    expect_fit(fit_rf.once(stim, counts, [0], 0.2, 15.0), stim, counts, [0], 0.2, 15.0)


@check("fit_rf", points=0.25)
def a_lag_looks_back_in_time(fit_rf, rng):
    """Lag L pairs a count with the frame L before it: a neuron that answers after two frames shows at lag 2."""
    stim, counts = flickering_neuron(rng, 12, 400, lag=2, mean=3.0)
    W = fit_rf.once(stim, counts, [0, 1, 2, 3], 0.2, 15.0)
    expect_fit(W, stim, counts, [0, 1, 2, 3], 0.2, 15.0)


@check("fit_rf", points=0.1)
def columns_follow_the_order_of_lags(fit_rf, rng):
    """Column i of the result belongs to lags[i], in whatever order they are given."""
    stim, counts = flickering_neuron(rng, 9, 300, lag=2, mean=3.0)
    expect_fit(fit_rf.once(stim, counts, [2, 0], 0.2, 15.0), stim, counts, [2, 0], 0.2, 15.0)
    expect_fit(fit_rf.once(stim, counts, [1], 0.2, 15.0), stim, counts, [1], 0.2, 15.0)


@check("fit_rf", points=0.15)
def nothing_wraps_around(fit_rf, rng):
    """The first counts have no frame before them: they are not paired with the last frames of the stimulus."""
    stim, counts = flickering_neuron(rng, 12, 400, lag=2, mean=3.0)
    counts[:2] = 40  # a burst at the start, whatever made it
    expect_fit(fit_rf(stim, counts, [2, 1], 0.2, 15.0), stim, counts, [2, 1], 0.2, 15.0)


@check("fit_rf", points=0.2)
def the_rate_is_taken_from_dt_and_R(fit_rf, rng):
    """Without an intercept dt·R alone says how much a blank screen would make the neuron fire."""
    stim, counts = flickering_neuron(rng, 8, 400, lag=1, mean=2.0)
    for dt, R in ((0.1, 13.0), (0.5, 6.0)):
        expect_fit(fit_rf(stim, counts, [1], dt, R), stim, counts, [1], dt, R)


def flickering_neuron(rng, n_pixels, n_frames, lag, mean, strength=1.2):
    """A binary ±½ stimulus (n_pixels, n_frames) and the counts of a neuron that saw it `lag` frames before."""
    stim = rng.choice([-0.5, 0.5], (n_pixels, n_frames))
    w = np.zeros(n_pixels)
    w[rng.permutation(n_pixels)[:4]] = strength * np.array([1, 0.7, -0.7, -0.5])
    rate = np.full(n_frames, mean)
    rate[lag:] *= np.exp(w @ stim[:, : n_frames - lag] - w @ w / 8)
    return stim, rng.poisson(rate)


def pairs(stim, counts, lag):
    """Frames and the counts that follow them after `lag` frames."""
    return stim[:, : len(counts) - lag], np.asarray(counts, float)[lag:]


def expect_fit(value, stim, counts, lags, dt, R):
    """Expect weights (n_pixels, n_lags) where the likelihood of each lag alone is at its maximum.

    Frames without a past may be left out or set to zero: without an intercept both have the same slope.
    """
    W = expect_array(value, "W", shape=(len(stim), len(lags)), hint=ROWS)
    for i, lag in enumerate(lags):
        s, c = pairs(stim, counts, lag)
        g = slope(W[:, i], s, c, dt * R)
        if is_flat(g, s, c, dt * R):
            continue
        pixel = int(np.abs(g).argmax())
        looks = fit_mistake(W, i, stim, counts, lags, dt, R)
        hint = (
            looks
            or "The optimiser stopped early, or its function or gradient is wrong (check_grad)."
        )
        raise CheckFailed(
            f"W[:, {i}] (lag {lag}) is not the most likely: the likelihood still grows when"
            f" W[{pixel}, {i}] = {W[pixel, i]:.3g} is made {'smaller' if g[pixel] > 0 else 'larger'}. {hint}"
        )


def slope(w, s, c, scale):
    """Gradient of the mean negative log-likelihood of counts with mean exp(w·s)·scale."""
    return s @ (_exp(w @ s) * scale - c) / len(c)


def is_flat(g, s, c, scale):
    """Whether a gradient is zero, compared with the one where all weights are zero."""
    return np.abs(g).max() <= FLAT * np.abs(slope(np.zeros(len(s)), s, c, scale)).max()


def fit_mistake(W, i, stim, counts, lags, dt, R):
    """Which mistake column i of W looks like: a sentence, or nothing."""
    lag, w, n = lags[i], W[:, i], len(counts)
    counts = np.asarray(counts, float)
    if not w.any():
        return "All its weights are 0."
    for other in set(lags) - {lag}:
        x = *pairs(stim, counts, other), dt * R
        if is_flat(slope(w, *x), *x):
            return f"It holds the weights of lag {other}: keep the order in which lags are given."
    for sentence, s, c, scale in _other_fits(stim, counts, lag, dt, R):
        if is_flat(slope(w, s, c, scale), s, c, scale):
            return f"It looks as if {sentence}."
    s, c = pairs(stim, counts, lag)
    mu = _exp(w @ s) * dt * R
    free = s @ (mu * c.sum() / mu.sum() - c) / len(c)
    if is_flat(free, s, c, dt * R):
        return "It looks as if an intercept was fitted too: here dt·R takes its place."
    if is_flat(slope(-w, s, c, dt * R), s, c, dt * R):
        return "The signs of all weights are turned."
    together = _exp(sum(W[:, j] @ _shifted(stim, x) for j, x in enumerate(lags))) * dt * R
    if len(lags) > 1 and is_flat(_shifted(stim, lag) @ (together - counts) / n, s, c, dt * R):
        return "It looks as if all lags were fitted together: fit each lag alone."
    if abs(np.linalg.norm(w) - 1) < 1e-6:
        return "It has length 1: do not normalise the weights."
    for x in (c, c - c.mean()):
        if abs(np.corrcoef(w, s @ x)[0, 1]) > 0.99999 or _along(w, s @ x):
            return "It looks like a spike-triggered average, not like the fit of a model."
    flat_line = s @ (w @ s - c) / len(c), s @ (w @ s - c - (w @ s - c).mean()) / len(c)
    if any(np.abs(x).max() <= 1e-3 * np.abs(s @ c).max() / len(c) for x in flat_line):
        return "It looks as if a straight line was fitted by least squares, not the Poisson model."
    if _is_ridge(w, slope(w, s, c, dt * R)):
        return "It looks like ridge (PoissonRegressor has alpha=1 unless told otherwise): use no penalty."
    return ""


def _is_ridge(w, g):
    """Whether the slope g balances a penalty on the squares of the weights."""
    pull = -(g @ w) / (w @ w)
    return pull > 0 and np.abs(g + pull * w).max() <= 0.02 * np.abs(g).max()


def _other_fits(stim, counts, lag, dt, R):
    """Sentences that complete "it looks as if …", and the frames, counts and dt·R of that mistake."""
    s, c = pairs(stim, counts, lag)
    n = len(counts)
    yield "dt·R was left out of the rate", s, c, 1.0
    yield "R was left out of the rate", s, c, dt
    yield "dt was left out of the rate", s, c, R
    for mean in (np.mean(counts), c.mean()):
        yield "the mean count was used in place of dt·R", s, c, mean
    yield "R was divided by dt: a rate (Hz) times a time (s) gives a count, dt·R", s, c, R / dt
    yield "the stimulus was made 0 and 1: leave it as it is, at ±½", s + 0.5, c, dt * R
    yield "the stimulus was made ±1: leave it as it is, at ±½", 2 * s, c, dt * R
    centred = s - s.mean(axis=1, keepdims=True)
    yield "the mean of each pixel was subtracted: leave the stimulus as it is", centred, c, dt * R
    scaled = centred / centred.std(axis=1, keepdims=True)
    yield "the stimulus was standardised: leave it as it is", scaled, c, dt * R
    yield "frames only say whether there was a spike: use the counts", s, np.minimum(c, 1), dt * R
    yield from ((sentence, *x, dt * R) for sentence, *x in _other_pairs(stim, counts, lag, n))


def _other_pairs(stim, counts, lag, n):
    """Sentences that complete "it looks as if …", and the frames and counts that were paired by mistake."""
    yield "the lag is one frame too long", *pairs(stim, counts, lag + 1)
    if not lag:
        return
    yield "the lag is not used", stim, counts
    yield "the lag is one frame too short", *pairs(stim, counts, lag - 1)
    back = "the lag runs the wrong way: a count belongs to a frame before it, not after it"
    yield back, stim[:, lag:], counts[: n - lag]
    around = "the end of the stimulus was wrapped around to its start (np.roll does that)"
    yield around, np.roll(stim, lag, axis=1), counts
    yield f"{back}, and {around}", np.roll(stim, -lag, axis=1), counts
    pixels = "frames were rolled into other pixels: np.roll needs axis=1"
    yield pixels, np.roll(stim, lag), counts
    yield "pixels were shifted, not frames", np.roll(stim, lag, axis=0), counts


def _shifted(stim, lag):
    return np.hstack([np.zeros((len(stim), lag)), stim[:, : stim.shape[1] - lag]])


def _exp(x):
    return np.exp(np.clip(x, -300, 300))


def _along(x, y):
    return abs(x @ y) > 0.99999 * np.linalg.norm(x) * np.linalg.norm(y)


# separate_space_time


@check("separate_space_time", points=0.15)
def a_unit_vector_for_space_and_one_for_time(separate_space_time, rng):
    """Three results: u with an entry for each pixel, one number s, v with one for each lag; u and v have length 1."""
    W = _noisy_field(rng)
    u, _, v = read_separation(separate_space_time.once(W), 20, 5)
    shared = abs(u @ W @ v) / np.linalg.norm(W, 2)
    expect_true(
        shared > 0.2,
        f"u and v have nothing to do with W: uᵀ W v is only {shared:.0%} of the size of W.",
    )


@check("separate_space_time", points=0.2)
def a_field_of_one_piece_is_taken_apart(separate_space_time, rng):
    """Where W is a picture a times a course in time b: u is a, v is b without its mean, both made length 1, and s their size."""
    a, b = -np.abs(rng.normal(0, 1, 24)), rng.normal(0, 1, 5) + 1.5
    a[7] = 4.0  # the largest, although the sum is negative
    u, s, v = read_separation(separate_space_time(np.outer(a, b)), 24, 5)
    kept, time = b / np.linalg.norm(b), b - b.mean()
    if _along(v, kept) and _along(u, a - a.mean()):
        expect_close(s, np.linalg.norm(a - a.mean()) * np.linalg.norm(b), "s", rtol=1e-4)
        return  # the mean over pixels was removed
    if _along(v, kept) and _along(u, a):
        raise CheckFailed(
            "v has kept its mean: first subtract each pixel's mean over the lags (axis 1)."
        )
    mistakes = {"v is turned: " + TURN: -time / np.linalg.norm(time)}
    expect_close(u, a / np.linalg.norm(a), "u", rtol=0, atol=1e-4,
                 misconceptions={"u is turned: " + TURN: -a / np.linalg.norm(a)})  # fmt: skip
    expect_close(v, time / np.linalg.norm(time), "v", rtol=0, atol=1e-4, misconceptions=mistakes)
    expect_close(s, np.linalg.norm(a) * np.linalg.norm(time), "s", rtol=1e-4,
                 hint="s is the size that u and v, made length 1, have lost.")  # fmt: skip


@check("separate_space_time", points=0.15)
def the_largest_entry_of_u_is_positive(separate_space_time, rng):
    """The sign is chosen such that the entry of u largest in size is positive; v turns with u, so that s·u·vᵀ stays the same."""
    W = _noisy_field(rng)
    for field in (W, -W):
        u, s, v = read_separation(separate_space_time.once(field), 20, 5)
        largest = np.abs(u).argmax()
        entry = f"u[{largest}] = {u[largest]:.3g} is the entry largest in size"
        expect_true(u[largest] > 0, f"{entry} and should be positive: {TURN}.")
        expect_separation((u, s, v), field)


@check("separate_space_time", points=0.15)
def nothing_of_one_piece_explains_more(separate_space_time, rng):
    """Of all products of a picture and a course in time, s·u·vᵀ is closest to W without each pixel's mean over the lags."""
    W = _noisy_field(rng)
    expect_separation(read_separation(separate_space_time.once(W), 20, 5), W)
    expect_separation(read_separation(separate_space_time(W[:, :2]), 20, 2), W[:, :2])


def _noisy_field(rng):
    """A field (20, 5) with a clear first piece, whose largest pixel opposes the sum, a second one and noise."""
    picture = np.abs(rng.normal(0, 1, 20))
    picture[rng.integers(20)] = -4.0
    first = np.outer(picture, [0, 3, 1.5, -1.5, 0.5])
    second = np.outer(rng.normal(0, 1, 20), [1, 0, -0.4, 0.4, 1])
    return first + second + rng.normal(0, 0.2, (20, 5)) + rng.normal(0.5, 0.5, (20, 1))


def read_separation(value, n_pixels, n_lags):
    """Read what `separate_space_time` returned: vectors of length 1 and a number that is not negative."""
    u, s, v = expect_results(value, "u", "s", "v")
    hint = f"Return only the first of each: {n_pixels} entries in u, one number s, {n_lags} in v."
    u = _vector(u, "u", n_pixels, hint)
    v = _vector(v, "v", n_lags, hint)
    s = expect_number(s, "s", hint=hint)
    for x, name in ((u, "u"), (v, "v")):
        length = np.linalg.norm(x)
        if abs(length - 1) > 1e-6:
            raise CheckFailed(f"{name} should have length 1, not {length:.6g}: s holds the size.")
    expect_true(s >= 0, f"s should not be negative but is {s:.6g}: put the sign into u and v.")
    return u, s, v


def _vector(value, what, n, hint):
    x = expect_array(value, what, hint=hint)
    return expect_array(x.ravel() if x.size == n else x, what, shape=(n,), hint=hint)


def expect_separation(separation, W):
    """Expect the first piece of W after each pixel's mean over lags, or each lag's over pixels, is gone."""
    fields = {axis: W - W.mean(axis=axis, keepdims=True) for axis in (1, 0)}
    if any(_is_first_piece(*separation, M) for M in fields.values()):
        return
    u, s, v = separation
    M = fields[1]
    if any(_is_first_piece(*x, M) for x in ((-u, s, v), (u, s, -v))):
        raise CheckFailed(f"u and v do not belong together, s·u·vᵀ has the wrong sign: {TURN}.")
    looks = ""
    if _is_first_piece(u, s, v, W) or _is_first_piece(-u, s, v, W):
        looks = " It looks as if no mean was removed: subtract each pixel's mean over the lags (axis 1)."
    elif _is_first_piece(u, s, v, W - W.mean()):
        looks = " It looks as if one mean of all W was removed: each pixel has its own mean over the lags (axis 1)."
    elif not np.isclose(s, np.linalg.norm(M, 2), rtol=1e-3):
        looks = f" s should be {np.linalg.norm(M, 2):.4g} but is {s:.4g}."
    elif np.linalg.norm(M @ v - s * u) > 1e-3 * s:
        looks = " s is right, but v does not belong to u: numpy.linalg.svd returns v in the rows of its third result."
    rest = np.linalg.norm(M - s * np.outer(u, v)) / np.linalg.norm(M)
    raise CheckFailed(
        f"s·u·vᵀ is not the best piece: it misses {rest:.1%} of W (without each pixel's mean), where less"
        f" is possible.{looks}"
    )


def _is_first_piece(u, s, v, M):
    size = np.linalg.norm(M, 2)
    return (
        abs(s - size) <= 1e-4 * size
        and np.linalg.norm(M @ v - s * u) <= 1e-3 * size
        and np.linalg.norm(M.T @ u - s * v) <= 1e-3 * size
    )


# fit_lasso_rf


@check("fit_lasso_rf", points=0.35)
def the_objective_is_as_small_as_it_can_be(fit_lasso_rf, rng):
    """The penalised objective is at most 0.001 above its minimum, which is known where all 256 pictures of eight pixels are shown once each."""
    s, counts = every_picture(rng, mean=3.0)
    stim = seen_twice(rng, s)
    for alpha in (0.06, 0.15):
        smallest = smallest_of_every_picture(s, counts, alpha)
        expect_lasso(fit_lasso_rf.once(stim, counts, 0, alpha), stim, counts, 0, alpha, smallest)
    _expect_small_retina(fit_lasso_rf, *small_retina(rng), 0.05)


def _expect_small_retina(fit_lasso_rf, stim, counts, alpha):
    """Expect the known minimum where pixels disturb each other: no formula for single pixels has it."""
    w = fit_lasso_rf(stim, counts, 0, alpha)
    expect_lasso(w, stim, counts, 0, alpha, SMALLEST[0, alpha])


@check("fit_lasso_rf", points=0.15)
def the_penalty_goes_with_the_mean_over_frames(fit_lasso_rf, rng):
    """Showing everything twice changes nothing: the penalty is added to the mean over frames, not to their sum."""
    s, counts = every_picture(rng, mean=3.0)
    stim, smallest = seen_twice(rng, s), smallest_of_every_picture(s, counts, 0.1)
    twice = np.hstack([stim, stim]), np.concatenate([counts, counts])
    expect_lasso(fit_lasso_rf(*twice, 0, 0.1), *twice, 0, 0.1, smallest)
    stim, counts = small_retina(rng)
    _expect_small_retina(
        fit_lasso_rf, np.hstack([stim, stim]), np.concatenate([counts, counts]), 0.1
    )


@check("fit_lasso_rf", points=0.2)
def the_intercept_is_free_and_costs_nothing(fit_lasso_rf, rng):
    """Neurons that fire rarely or often are fitted as well: the intercept b takes the mean rate and is not penalised."""
    for mean, alpha in ((0.25, 0.03), (8.0, 0.3)):
        s, counts = every_picture(rng, mean, strength=2.5)
        stim, smallest = seen_twice(rng, s), smallest_of_every_picture(s, counts, alpha)
        expect_lasso(fit_lasso_rf(stim, counts, 0, alpha), stim, counts, 0, alpha, smallest)


@check("fit_lasso_rf", points=0.2)
def the_lag_pairs_counts_with_earlier_frames(fit_lasso_rf, rng):
    """With lag L a count belongs to the frame L before it, and the end of the stimulus is not wrapped around to its start."""
    s, counts = every_picture(rng, mean=3.0)
    for lag in (1, 10):
        stim, c = delayed(seen_twice(rng, s), counts, lag)
        smallest = smallest_of_every_picture(s, counts, 0.06)
        expect_lasso(fit_lasso_rf(stim, c, lag, 0.06), stim, c, lag, 0.06, smallest)


@check("fit_lasso_rf", points=0.15)
def a_strong_penalty_leaves_nothing(fit_lasso_rf, rng):
    """From α = max|mean over frames of (c − mean c)·s| on all weights are 0, and a little below it they are not."""
    s, counts = every_picture(rng, mean=3.0)
    largest = np.abs(s @ (counts - counts.mean())).max() / len(counts)
    w = read_weights(fit_lasso_rf(s, counts, 0, 1.1 * largest), 8)
    pixel = int(np.abs(w).argmax())
    expect_true(
        abs(w[pixel]) <= NEARLY_ZERO,
        f"w[{pixel}] should be 0 at α = {1.1 * largest:.3g} but is {w[pixel]:.3g}: no pixel is worth that"
        f" penalty.{lasso_mistake(w, s, counts, 0, 1.1 * largest)}",
    )
    w = read_weights(fit_lasso_rf(s, counts, 0, 0.7 * largest), 8)
    expect_true(w.any(), f"All weights are 0 at α = {0.7 * largest:.3g}, but one is worth it.")
    expect_true(
        better_than_none(w, s, counts, 0.7 * largest),
        f"At α = {0.7 * largest:.3g} the objective of the weights is larger than that of no weights at all.",
    )


@check("fit_lasso_rf", points=0.15)
def pixels_that_do_not_matter_have_weight_zero(fit_lasso_rf, rng):
    """A pixel that is not worth the penalty has weight 0 (less than 1/10,000 of the largest weight)."""
    s, counts = every_picture(rng, mean=3.0)
    s = seen_twice(rng, s)
    w = read_weights(fit_lasso_rf.once(s, counts, 0, 0.15), len(s))
    expect_true(w.any(), "All weights are 0 at α = 0.15, but some pixels are worth it.")
    worth = np.abs(s @ (counts - counts.mean())) / len(counts)
    for pixel in np.flatnonzero(worth < 0.14):
        expect_true(
            abs(w[pixel]) <= NEARLY_ZERO * np.abs(w).max(),
            f"w[{pixel}] should be 0 but is {w[pixel]:.3g}, with the largest weight {np.abs(w).max():.3g}:"
            " each step of the algorithm should set weights to exactly 0 that it would carry across"
            f" it.{lasso_mistake(w, s, counts, 0, 0.15)}",
        )


@check("fit_lasso_rf", points=0.15)
def pixels_that_flicker_together_are_told_apart(fit_lasso_rf, rng):
    """Where neighbouring pixels often flicker together the objective still comes within 0.001 of its minimum."""
    stim, counts = small_retina(rng)
    for alpha in (0.05, 0.2):
        w = fit_lasso_rf.once(stim, counts, 1, alpha)
        expect_lasso(w, stim, counts, 1, alpha, SMALLEST[1, alpha])


def every_picture(rng, mean, strength=1.5):
    """All 256 pictures of eight pixels in random order, and the counts of a neuron that sees five of the pixels."""
    s = (np.arange(256) >> np.arange(8)[:, None] & 1) - 0.5
    s = s[:, rng.permutation(256)]
    w = strength * rng.permutation([1, 0.8, -0.8, 0.6, -0.6, 0, 0, 0])
    rate = np.exp(w @ s)
    return s, rng.poisson(mean * rate / rate.mean())


def seen_twice(rng, s):
    """The same pictures with a second row for half of the pixels, in random order, some turned into their negative.

    The smallest objective stays what it was: two rows share what one of them would weigh.
    """
    n = len(s)
    rows = rng.permutation(np.append(np.arange(n), rng.permutation(n)[: n // 2]))
    return s[rows] * rng.choice([-1, 1], (len(rows), 1))


def delayed(s, counts, lag):
    """The same pairs of frames and counts, now with `lag` frames between them.

    The last frames are the neuron's favourite: who wraps them around to the first counts is led astray. The
    first counts are as a blank screen would make them, so they may be left out or paired with one.
    """
    favourite = s[:, [(s @ counts @ s).argmax()]]
    # One in two turns into the favourite when frames are rolled into other pixels.
    last = np.tile(np.hstack([favourite, np.roll(favourite, -1)]), lag)[:, :lag]
    stim = np.hstack([s, last])
    blank = round(np.exp(np.log(counts + 0.5).mean()) - 0.25)  # log rates are symmetric about it
    return stim, np.concatenate([np.full(lag, blank), counts])


def small_retina(rng):
    """The ten pixels of `SMALLEST` in random order and some turned into their negative: no objective changes."""
    raw = np.random.PCG64(5).random_raw((12, 300)) / 2.0**64
    stim = (raw[:10] < 0.5) - 0.5
    stim[1::2] = np.where(raw[1:10:2] < 0.3, stim[1::2], stim[::2])
    w = np.array([1.2, 0.8, 0, 0.4, 0, 0, -0.8, 0, 0, -0.5])
    rate = np.full(300, 1.5)
    rate[1:] = np.exp(0.4 + w @ stim[:, :-1])
    counts = np.floor(0.5 - rate * np.log(raw[11]))
    return stim[rng.permutation(10)] * rng.choice([-1, 1], (10, 1)), counts.astype(int)


def read_weights(value, n_pixels):
    """Read what `fit_lasso_rf` returned: one weight for each pixel."""
    w = expect_array(value, "w", hint="Return one weight for each pixel, without the intercept.")
    without = ", without the intercept" * (w.size > n_pixels)
    hint = f"Return one weight for each pixel{without}."
    return expect_array(w.ravel() if w.size == n_pixels else w, "w", shape=(n_pixels,), hint=hint)


def objective(w, s, counts, alpha):
    """mean(exp(η) − c·η) + α·Σ|w|, η = w·s + b with the best b: the one whose mean count is that of c."""
    b = best_intercept(w, s, counts)
    eta = np.clip(w @ s + b, -300, 300)
    return np.mean(np.exp(eta) - counts * eta) + alpha * np.abs(w).sum()


def better_than_none(w, s, counts, alpha):
    """Whether weights have a smaller objective than weights of 0."""
    return objective(w, s, counts, alpha) < objective(0 * w, s, counts, alpha)


def best_intercept(w, s, counts):
    """The intercept with which the model fires as often as the neuron."""
    return np.log(counts.mean()) - np.log(_exp(w @ s).mean())


def smallest_of_every_picture(s, counts, alpha):
    """The smallest objective if every picture is shown equally often: pixels do not disturb each other."""
    tilt = s @ counts / len(counts)
    tilt = np.sign(tilt) * np.maximum(np.abs(tilt) - alpha, 0)
    return objective(2 * np.arctanh(2 * tilt / counts.mean()), s, counts, alpha)


def expect_lasso(value, stim, counts, lag, alpha, smallest=None, what="w"):
    """Expect weights whose objective is within `TOLERANCE` of the smallest one."""
    w = read_weights(value, len(stim))
    s, c = pairs(stim, counts, lag)
    smallest = smallest_of_every_picture(s, c, alpha) if smallest is None else smallest
    reached = objective(w, s, c, alpha)
    if reached <= smallest + TOLERANCE:
        return
    raise CheckFailed(
        f"The objective of {what} at lag {lag}, α = {alpha:g}, is {reached:.4f}, but {smallest:.4f} can be"
        f" reached.{lasso_mistake(w, stim, counts, lag, alpha)}"
    )


def lasso_mistake(w, stim, counts, lag, alpha):
    """Which mistake the weights look like, or what is not right about them: a sentence with a blank before it."""
    if not w.any():
        return " All weights are 0: α goes with the mean over frames, and the threshold is h·α."
    if np.abs(w).max() < 1e-6:
        return " The weights hardly moved: is the gradient that of the mean (divide by n)?"
    counts = np.asarray(counts, float)
    s, c = pairs(stim, counts, lag)
    g = lasso_slope(w, s, c)
    pull = np.median((-g * np.sign(w))[_is_on(w)])  # the α for which these weights would be right
    if _solves(g, w, pull, alpha) and not _solves(g, w, alpha, alpha):
        return f" {_other_alpha(pull, alpha)}"
    for sentence, other, x, tight in _other_lassos(w, stim, counts, lag, alpha):
        if _solves(other, x, tight, alpha):
            return f" It looks as if {sentence}."
    if np.abs(g - g.mean()).max() <= 0.05 * np.abs(g).max():
        return " It looks as if the penalty was put on the sum of the weights: take the size of each, Σ|w|."
    if _is_ridge(w, g):
        return " It looks as if the squares of the weights were penalised (ridge): take their sizes, Σ|w|."
    return f" {_worst_pixel(w, g, alpha)}"


def lasso_slope(w, s, c, b=None):
    """Gradient of mean(exp(η) − c·η), by default at the best intercept."""
    b = best_intercept(w, s, c) if b is None else b
    return s @ (_exp(w @ s + b) - c) / len(c)


def _solves(g, w, alpha, unit):
    """Whether the slope g balances a penalty α·Σ|w|: it is −α·sign(w) where w is not 0 and at most α elsewhere."""
    return _imbalance(g, w, alpha).max() <= 0.03 * unit


def _imbalance(g, w, alpha):
    left = np.maximum(np.abs(g) - alpha, 0)
    return np.where(_is_on(w), np.abs(g + alpha * np.sign(w)), left)


def _is_on(w):
    return np.abs(w) > 1e-3 * np.abs(w).max()


def _other_alpha(pull, alpha):
    if pull < 0.05 * alpha:
        return "These weights are hardly penalised: α goes with the mean over frames, not the sum."
    if abs(pull / alpha - 0.5) < 0.04:
        return "Only half of α counts: is there a ½ in the penalty, or are the pixels ±1 in place of ±½?"
    if abs(pull / alpha - 2) < 0.1:
        return "α counts twice: the slope of α·|w| is α, not 2α."
    return f"These weights are right for α = {pull:.3g}: is the threshold α where it should be h·α?"


def _other_lassos(w, stim, counts, lag, alpha):
    """Sentences that complete "it looks as if …", the slopes that this mistake balances, its weights and its α."""
    s, c = pairs(stim, counts, lag)
    alone = "there is no intercept: add b to η and leave it free"
    yield alone, lasso_slope(w, s, c, b=0.0), w, alpha
    fixed = "the intercept stayed at ln c̄, where it starts: it moves in each step, like a weight"
    yield fixed, lasso_slope(w, s, c, b=np.log(c.mean())), w, alpha
    for sign in (1, -1):
        b = best_intercept(w, s, c) + np.log(max(1 - sign * alpha / c.mean(), 1e-9))
        if b * sign > 0:
            yield "the intercept is penalised too: leave it free", lasso_slope(w, s, c, b), w, alpha
    line = s @ (w @ s - c - np.mean(w @ s - c)) / len(c)
    gauss = "this is the lasso of a straight line (scikit-learn's Lasso); here counts are Poisson"
    yield gauss, line, w, alpha
    yield f"{gauss}, and an intercept is missing", s @ (w @ s - c) / len(c), w, alpha
    yield gauss, 2 * line, w, alpha
    error = c.mean() * (w @ s) - c
    yield f"{gauss}, divided by the mean count", s @ (error - error.mean()) / len(c), w, alpha
    scaled = "these are the weights of a standardised stimulus (±1): leave it as it is, at ±½"
    yield scaled, 2 * lasso_slope(2 * w, s, c), w, alpha
    yield "the signs of all weights are turned", lasso_slope(-w, s, c), -w, alpha
    few = "frames only say whether there was a spike: use the counts"
    yield few, lasso_slope(w, s, np.minimum(c, 1)), w, alpha
    for sentence, x, y in _other_pairs(stim, counts, lag, len(counts)):
        yield sentence, lasso_slope(w, x, y), w, alpha
    pixels = np.append(w[1:], 0)  # what the last one weighs is not known, nor needed
    first = "the intercept comes first and the last pixel was cut off: return the weights of pixels"
    yield first, lasso_slope(pixels, s, c) * (np.arange(len(w)) < len(w) - 1), pixels, alpha
    later = "all pixels were fitted without a penalty, and {} afterwards: shrink in each step"
    grown = lasso_slope(w + alpha * np.sign(w), s, c)
    yield later.format("made smaller by α"), grown * (w != 0), w, 0.0
    yield later.format("small weights set to 0"), lasso_slope(w, s, c) * (w != 0), w, 0.0


def _worst_pixel(w, g, alpha):
    left = _imbalance(g, w, alpha)
    pixel = int(left.argmax())
    if _is_on(w)[pixel]:
        more = " More iterations?" if left[pixel] < 0.3 * alpha else ""
        return (
            f"At the minimum the slope of mean(exp(η) − c·η) is −α·sign(w) where a weight is not 0; at"
            f" w[{pixel}] = {w[pixel]:.3g} it is {g[pixel]:.3g}, with α = {alpha:g}.{more}"
        )
    return (
        f"w[{pixel}] is 0, but the slope of mean(exp(η) − c·η) is {g[pixel]:.3g} there, larger in size than"
        f" α = {alpha:g}: the pixel is worth its penalty."
    )


# lasso_path


@check("lasso_path", points=0.2)
def there_is_a_column_for_every_lag_and_alpha(lasso_path, rng):
    """W has shape (n_pixels, n_lags, n_alphas), and best_alpha is one of the alphas."""
    stim, counts = small_retina(rng)
    W, _ = read_path(lasso_path.once(stim, counts, *SMALL_PATH), 10, *SMALL_PATH)
    sizes = np.abs(W).sum(axis=0)  # lags, alphas
    expect_true(
        np.all(sizes[:, 0] > sizes[:, 1]),
        f"The weights should be smaller, the larger alpha is, but Σ|w| is {sizes[:, 1].max():.3g} at alpha = .2 and"
        f" {sizes[:, 0].min():.3g} at .05.",
    )


@check("lasso_path", points=0.4)
def every_column_is_a_lasso_of_its_own(lasso_path, rng):
    """W[:, i, j] is the lasso for lags[i] and alphas[j], in the order given, fitted to all frames."""
    stim, counts = small_retina(rng)
    W, _ = read_path(lasso_path.once(stim, counts, *SMALL_PATH), 10, *SMALL_PATH)
    expect_path(W, stim, counts, *SMALL_PATH, SMALLEST)


@check("lasso_path", points=0.25)
def held_out_blocks_choose_alpha(lasso_path, rng):
    """A neuron that the stimulus drives strongly gets the weak penalty, one that does not see it the strong one."""
    alphas = [3.0, 0.05]
    stim, counts = flickering_neuron(rng, 8, 300, lag=1, mean=3.0, strength=3.0)
    expect_choice(
        lasso_path, stim, counts, [2, 1], alphas, [0.05], "that the stimulus drives strongly",
        "Choose the alpha whose held-out deviance, summed over lags, is smallest, not largest.",
    )  # fmt: skip
    expect_choice(
        lasso_path, *lonely_pixels(rng, frames=1), [0], alphas, [3.0], "that does not see the stimulus",
        "A weak penalty always fits best the frames it was fitted to: compare on frames that were left out.",
    )  # fmt: skip


@check("lasso_path", points=0.25)
def frames_are_held_out_in_blocks(lasso_path, rng):
    """Neighbouring frames are left out together: where a picture stays for a while, the model must not have seen it."""
    expect_choice(
        lasso_path, *lonely_pixels(rng, frames=10), [0], [3.0, 0.05], [3.0],
        "that sees each picture for ten frames and never again",
        "Cut the frames into blocks, the first fifth, the second …: single frames drawn at random, or every"
        " fifth one, have neighbours that are the same among those fitted.",
    )  # fmt: skip


@check("lasso_path", points=0.25)
def gains_do_not_depend_on_the_drift(lasso_path, rng):
    """Whether its rate is steady or drifts, a neuron gets neither the strongest penalty nor a weak one where these predict clearly worse."""
    hint = (
        "The largest is chosen where b or the constant rate was taken from the left-out block, b is ln c̄ or"
        " the error lacks its √5; a small one where b was left out of η on the left-out block."
    )
    for who, rates in (("steady", [7.0] * 5), ("drifting", [18.0, 4.0, 4.0, 4.0, 4.0])):
        rate, same = np.repeat(rates, 40), np.random.default_rng(14)
        stim, counts = flickering_neuron(same, 90, 200, 0, rate, strength=1.0)
        # The gains of this neuron are known; neither the order of the pixels nor their signs change them.
        stim = stim[rng.permutation(90)] * rng.choice([-1, 1], (90, 1))
        who = f"with a {who} rate"
        # Penalties that leave no weight at all: how many there are says nothing.
        none = [4.0, 7.0, 9.0][: rng.integers(1, 4)]
        alphas = [float(a) for a in rng.permutation([0.02, 0.4, 0.15, 0.005, *none])]
        expect_choice(lasso_path, stim, counts, [0], alphas, [0.4, 0.15], who, hint)


def lonely_pixels(rng, frames):
    """Each of 20 pixels lights up once, for so many frames, and counts: one pixel tells nothing about the others."""
    # One bright pixel of five, in none of the pictures that the edges of 4, 5, 6, 8 or 10 blocks cut in two.
    bright = [5 * i + rng.choice(uncut) for i, uncut in enumerate(2 * [[0, 1, 4], [0, 3, 4]])]
    levels = np.where(np.isin(np.arange(20), bright), 12, 1)
    return np.repeat(2.0 * np.eye(20), frames, axis=1), np.repeat(levels, frames)


SMALL_PATH = [1, 0], [0.05, 0.2, 0.1]


def read_path(value, n_pixels, lags, alphas):
    """Read what `lasso_path` returned: W (n_pixels, n_lags, n_alphas) and one of the alphas."""
    W, best = expect_results(value, "W", "best_alpha")
    hint = "Pixels come first, then lags, then alphas."
    W = expect_array(W, "W", shape=(n_pixels, len(lags), len(alphas)), hint=hint)
    best = expect_number(best, "best_alpha", hint="Choose one alpha for all lags together.")
    close = np.isclose(alphas, best, rtol=1e-9, atol=0)
    index = " It looks like an index: return alphas[…] at it." if best in range(len(alphas)) else ""
    expect_true(
        close.any(),
        f"best_alpha should be one of the alphas, {', '.join(f'{a:g}' for a in alphas)}, but is {best:.6g}.{index}",
    )
    return W, float(np.asarray(alphas)[close][0])


def expect_path(W, stim, counts, lags, alphas, smallest):
    """Expect each column's objective within `TOLERANCE` of `smallest[lag, alpha]`."""
    for i, lag in enumerate(lags):
        for j, alpha in enumerate(alphas):
            name = f"W[:, {i}, {j}]"
            try:
                expect_lasso(W[:, i, j], stim, counts, lag, alpha, smallest[lag, alpha], name)
            except CheckFailed:
                _expect_in_place(W[:, i, j], stim, counts, (lag, alpha), smallest, name)
                raise


def _expect_in_place(w, stim, counts, own, smallest, name):
    for (lag, alpha), least in smallest.items():
        reached = objective(w, *pairs(stim, counts, lag), alpha)
        if (lag, alpha) != own and reached <= least + TOLERANCE / 10:
            place = f"{name} should be that of lag {own[0]}, α = {own[1]:g}, but"
            raise CheckFailed(f"{place} fits lag {lag}, α = {alpha:g}: keep the order given.")


def expect_gain(W, stim, counts, lags, alphas):
    """Expect the weights of the smallest alpha to be better than none: a choice among fits needs fits."""
    for lag, w in zip(lags, W[:, :, np.argmin(alphas)].T, strict=True):
        s, c = pairs(stim, counts, lag)
        expect_true(
            better_than_none(w, s, c, min(alphas)),
            f"At lag {lag} and alpha = {min(alphas):g} the objective of the weights is no smaller than that of"
            " weights 0: fit them before you choose among them.",
        )


def expect_choice(lasso_path, stim, counts, lags, alphas, good, who, hint):
    """Expect one of the good alphas to be chosen."""
    W, best = read_path(lasso_path(stim, counts, lags, alphas), len(stim), lags, alphas)
    expect_gain(W, stim, counts, lags, alphas)
    expected = " or ".join(f"{a:g}" for a in good)
    expect_true(
        best in good,
        f"best_alpha should be {expected} of {alphas} for a neuron {who}, but is {best:g}. {hint}",
    )


# sta


@check("sta", points=0.1)
def the_mean_of_the_frames_before_the_spikes(sta, rng):
    """The average, over spikes, of the frame that was on the screen lag seconds before: (n_pixels, n_lags_s)."""
    stim, triggers = rng.choice([-0.5, 0.5], (6, 40)), steady_flips(rng, 40)
    k = np.sort(rng.integers(3, 38, 25))
    spikes = triggers[k] + 0.1
    expected, found = mean_frames(stim, k, k - 1), sta(stim, spikes, triggers, [0.05, 0.17])
    centred = expected - stim.mean(axis=1, keepdims=True)
    later = mean_frames(stim, k, k + 1)
    mistakes = {
        "frames after the spikes were averaged: go back in time by lag": later,
        "the mean frame was subtracted: leave the average as it is": centred,
    }
    expect_average(found, expected, len(k), 40, mistakes)


@check("sta", points=0.1)
def frames_are_found_by_the_flips(sta, rng):
    """Which frame was on the screen is read from the flips, of which one comes late, not from a mean frame length."""
    stim, triggers = rng.choice([-0.5, 0.5], (6, 30)), irregular_flips(rng, 30)
    k = np.repeat(np.arange(29), rng.integers(0, 3, 29))  # some frames twice
    past = np.sort(triggers[k] + rng.uniform(0.1, 0.9, len(k)) * np.diff(triggers)[k])
    kept = past + 0.35 < triggers[-1]
    k, past = k[kept], past[kept]
    even = ((past - triggers[0]) / np.diff(triggers).mean()).astype(int)
    hint = "Find the frame by the flips: their distances differ, and a frame with two spikes counts twice."
    mistakes = {
        "frames were taken to be equally long": mean_frames(stim, even),
        "each frame counts once, however many spikes it has": mean_frames(stim, np.unique(k)),
    }
    found = sta(stim, past + 0.35, triggers, [0.35])
    expect_average(found, mean_frames(stim, k), len(k), 30, mistakes, hint)


@check("sta", points=0.1)
def spikes_without_a_past_are_left_out(sta, rng):
    """A spike whose past lies before the first flip is left out for that lag, and of the number divided by."""
    stim, triggers = rng.choice([-0.5, 0.5], (6, 20)), steady_flips(rng, 20)
    k = np.array([0, 0, 1, 2, 5, 9, 14])
    spikes = triggers[k] + 0.1
    expected = mean_frames(stim, k, k[2:] - 1)
    too_many = expected * [1, (len(k) - 2) / len(k)]
    at_start, from_end = mean_frames(stim, k, np.maximum(k - 1, 0)), mean_frames(stim, k, k - 1)
    both = mean_frames(stim, k[2:], k[2:] - 1)
    mistakes = {
        "spikes without a past were given the first frame": at_start,
        "spikes without a past were given the last frame (index −1)": from_end,
        "the sum was divided by all spikes: divide by those that were not left out": too_many,
        "spikes without a past at one lag were left out at all lags": both,
    }
    found = sta(stim, spikes, triggers, [0.05, 0.17])
    expect_average(found, expected, len(k), 20, mistakes)


@check("sta", points=0.05)
def a_flip_belongs_to_the_frame_that_begins(sta, rng):
    """A past exactly on a flip is in the frame that begins there; one after the last flip is left out."""
    stim, triggers = rng.choice([-0.5, 0.5], (6, 6)), np.array([1, 1.25, 1.75, 2, 2.25, 2.5, 3])
    past = np.array([1.25, 1.75, 1.875, 2.25, 2.375, 3.25, 3.5])  # the last two: no frame
    begins, ends = mean_frames(stim, [1, 2, 2, 4, 4]), mean_frames(stim, [0, 1, 2, 3, 4])
    last = mean_frames(stim, [1, 2, 2, 4, 4, 5, 5])
    mistakes = {
        "a past on a flip was taken to be in the frame that ends there": ends,
        "a past after the last flip was given the last frame, which ended before": last,
    }
    expect_average(sta(stim, past + 0.25, triggers, [0.25]), begins, len(past), 6, mistakes)


def mean_frames(stim, *numbers):
    """The mean of the frames with these numbers: a column for each list of them."""
    return np.stack([stim[:, k].mean(axis=1) for k in numbers], axis=1)


def steady_flips(rng, n_frames):
    """Times of n_frames + 1 flips (s), .18 to .22 s apart."""
    return 2.0 + np.concatenate([[0.0], np.cumsum(rng.uniform(0.18, 0.22, n_frames))])


def expect_average(value, expected, n_spikes, n_frames, mistakes=None, hint=""):
    """Expect `sta` to have returned these average frames (n_pixels, n_lags)."""
    found = expect_array(value, "the average", shape=expected.shape, hint=ROWS)
    frames, length = expected * n_spikes / n_frames, np.linalg.norm(expected, axis=0)
    centred = expected - expected.mean(axis=0)
    usual = {
        "the sum was divided by the number of frames: divide by the number of spikes": frames,
        "the frames were added up: divide by the number of spikes": expected * n_spikes,
        "the mean over pixels was subtracted: leave the average as it is": centred,
        "the average was made length 1: leave it as it is": expected / length,
    }
    mistakes = {**(mistakes or {}), **usual}
    expect_close(found, expected, "the average", 0, 1e-9, mistakes, hint)
