"""Hidden checks of lab 03, correlograms: is it one neuron?"""

import numpy as np
from scipy import stats

from helpers.checks import (
    FALSE_ALARM,
    check,
    expect_close,
    expect_number,
    expect_true,
    expect_within,
)
from helpers.checks.correlograms import (
    EMPTIED,
    SIGN,
    WITH_SELF,
    check_correlogram,
    expect_contamination,
    expect_counts,
    expect_differences,
    expect_share,
    lonely_pairs,
    long_call,
    read_correlogram,
    train_with_pairs,
)

# What is expected, counted independently of any answer. Times lie on a grid of a fifth of a bin, so that
# no lag comes near the edge of one.
STEPS = 5  # of the grid, per bin


def grid_train(rng, n, duration, bin_size):
    """n random times (s) on the grid, no two the same, and their whole numbers of steps."""
    steps = np.sort(rng.choice(int(duration / bin_size * STEPS), n, replace=False))
    return steps * (bin_size / STEPS), steps


def pairs_one_by_one(steps1, steps2, M, auto=False):
    """Counts (2 M + 1,) of all lags between two trains on the grid, in whole numbers.

    The number of lags up to an edge is a sum of ranks; a bin holds the difference of two of them.
    """
    edges = STEPS * np.arange(-M, M + 2) - (STEPS + 1) // 2  # the last step below each bin
    ranks = [np.searchsorted(steps2, steps1 + edge, side="right").sum() for edge in edges]
    counts = np.diff(ranks)
    counts[M] -= len(steps1) if auto else 0
    return counts


# cross_time_diff


@check("cross_time_diff", points=0.2)
def long_trains_have_every_difference(cross_time_diff, rng):
    """Trains of a few hundred spikes: row i plus the times of t2 is t1[i] all along the row."""
    t1, t2 = np.sort(rng.uniform(0, 60, 300)), np.sort(rng.uniform(0, 60, 170))
    expect_differences(cross_time_diff(t1, t2), np.subtract.outer(t1, t2))


@check("cross_time_diff", points=0.15)
def the_origin_of_time_does_not_matter(cross_time_diff, rng):
    """The differences stay the same when both clocks are set back, even to before zero."""
    t1, t2 = np.sort(rng.uniform(0, 60, 5)), np.sort(rng.uniform(0, 60, 9))
    expect_differences(cross_time_diff(t1 - 100, t2 - 100), np.subtract.outer(t1, t2))


# correlogram


@check("correlogram", points=0.3)
def random_trains_have_all_their_pairs(correlogram, rng):
    """Two random trains, and one of them with itself: every count agrees with pairs counted one by one."""
    b, M = 0.001, 25
    t1, steps1 = grid_train(rng, 400, 6.0, b)
    t2, steps2 = grid_train(rng, 250, 6.0, b)
    check_correlogram(
        correlogram.once(t1, t2, b, M * b), pairs_one_by_one(steps1, steps2, M), b, M * b
    )
    expected = pairs_one_by_one(steps1, steps1, M, auto=True)
    with_self = pairs_one_by_one(steps1, steps1, M)
    mistakes = {
        WITH_SELF: with_self,
        EMPTIED: np.where(np.arange(-M, M + 1) == 0, 0, expected),
    }
    found = correlogram(t1, t1.copy(), b, M * b, auto=True)
    check_correlogram(found, expected, b, M * b, mistakes)


@check("correlogram", points=0.15)
def swapping_or_reversing_mirrors_the_histogram(correlogram, rng):
    """Swapping the trains, or running time backwards, mirrors the histogram."""
    b, window = 0.002, 0.03
    t1, _ = grid_train(rng, 200, 5.0, b)
    t2, _ = grid_train(rng, 120, 5.0, b)
    t2 = np.sort(np.concatenate([t2, t1[::3] + 3 * b]))  # a peak on one side
    counts = read_correlogram(correlogram(t1, t2, b, window), b, window)
    expect_true(
        not np.allclose(counts, counts[::-1]),
        "The histogram of two trains, one with a peak on one side of the other, is its own mirror image.",
    )
    hint = f"{SIGN[0].upper()}{SIGN[1:]}, or not all pairs are counted?"
    swapped = correlogram(t2, t1, b, window)
    check_correlogram(swapped, counts[::-1], b, window, hint=hint)
    back = 6.0 - t1[::-1], 6.0 - t2[::-1]
    check_correlogram(correlogram(*back, b, window), counts[::-1], b, window, hint=hint)


@check("correlogram", points=0.15)
def merging_units_adds_their_correlograms(correlogram, rng):
    """The auto-correlogram of two trains together is the sum of both and of the two between them."""
    b, window = 0.001, 0.02
    t, _ = grid_train(rng, 300, 4.0, b)
    first = rng.permutation(300) < 170
    t1, t2 = t[first], t[~first]
    calls = [(t1, t1.copy(), True), (t2, t2.copy(), True), (t1, t2, False), (t2, t1, False)]
    parts = [
        read_correlogram(correlogram(x, y, b, window, auto=auto), b, window) for x, y, auto in calls
    ]
    together = correlogram(t, t.copy(), b, window, auto=True)
    check_correlogram(
        together, sum(parts), b, window, hint="The sum of the parts should be the whole."
    )
    # The sum of wrong parts may be right: they are also compared with what they should be.
    check_correlogram(together, _auto_on_grid(t, b, round(window / b)), b, window)


def _auto_on_grid(t, bin_size, M):
    steps = np.round(t / bin_size * STEPS).astype(int)
    return pairs_one_by_one(steps, steps, M, auto=True)


@check("correlogram", points=0.2)
def bins_and_windows_of_any_size(correlogram, rng):
    """Bins from .2 ms to 20 ms, windows of few bins and of many."""
    for bin_size, M in ((0.0002, 21), (0.0005, 43), (0.005, 29), (0.02, 3)):
        window = float(f"{M * bin_size:.6g}")  # as one would type it
        expected = rng.integers(0, 4, 2 * M + 1)
        expected[[0, -1]] = 0
        t1, t2 = lonely_pairs(rng, expected, bin_size)
        counts = read_correlogram(correlogram(t1, t2, bin_size, window), bin_size, window)
        expect_counts(counts, expected, bin_size)


@check("correlogram", points=0.2)
def two_long_trains_fit(correlogram, rng):
    """Two trains of 34,000 spikes each, within 20 s and 1 GiB of memory."""
    b, M = 0.001, 30
    t1, steps1 = grid_train(rng, 34_000, 1080.0, b)
    t2, steps2 = grid_train(rng, 34_000, 1080.0, b)
    found = long_call(correlogram, t1, t2, b, M * b)
    check_correlogram(found, pairs_one_by_one(steps1, steps2, M), b, M * b)


# refractory_violations


@check("refractory_violations", points=0.2)
def random_intervals_are_all_looked_at(refractory_violations, rng):
    """Of 300 random intervals those below τ are counted, the first and the last included."""
    short = rng.permutation(299) < rng.integers(40, 90)
    short[[0, -1]] = True
    tau = rng.uniform(0.002, 0.004)
    intervals = np.where(short, rng.uniform(0.2, 0.9, 299), rng.uniform(1.1, 50, 299)) * tau
    t = np.concatenate([[0.0], np.cumsum(intervals)]) + 10.0
    expect_share(refractory_violations(t, tau), int(short.sum()), 300)


@check("refractory_violations", points=0.1)
def a_poisson_train_has_as_many_as_theory_says(refractory_violations, rng):
    """In a Poisson train of rate λ the share is 1 − exp(−λ·τ), up to chance (one false alarm in a million)."""
    rate, tau, n = rng.choice([20.0, 30.0, 55.0, 70.0]), 0.005, 4000
    t = np.cumsum(rng.exponential(1 / rate, n + 1))
    found = expect_number(refractory_violations(t, tau), "the share in a Poisson train")
    p = 1 - np.exp(-rate * tau)
    low, high = (
        stats.binom.ppf(FALSE_ALARM / 2, n, p) / n,
        stats.binom.isf(FALSE_ALARM / 2, n, p) / n,
    )
    expect_within(found, low, high, "the share in a Poisson train")


# contamination


@check("contamination", points=0.2)
def other_trains_and_refractory_periods(contamination, rng):
    """Small and large trains, τ from 1 to 3 ms, contamination from .02 to .2."""
    for N, n, tau in ((600, 12, 0.003), (2500, 16, 0.002), (3000, 50, 0.001), (4000, 80, 0.0015)):
        t, duration = train_with_pairs(rng, N, n, tau)
        expect_contamination(contamination(t, tau, duration), n, len(t), tau, duration)


@check("contamination", points=0.1)
def a_neuron_with_foreign_spikes(contamination, rng):
    """One tenth foreign spikes among those of a refractory neuron are found, up to chance (one false alarm in a million)."""
    tau, duration, C, N = 0.0025, 1200.0, 0.1, 24_000
    own = np.cumsum(0.004 + rng.exponential(duration / (N * (1 - C)) - 0.004, 2 * N))
    own = own[own < duration]
    foreign = rng.uniform(0, duration, round(len(own) * C / (1 - C)))
    t = np.sort(np.concatenate([own, foreign]))
    found = expect_number(contamination(t, tau, duration), "C")
    # 228 close pairs are expected, whose number scatters by 15: 5 standard deviations are a third of C,
    # to which the difference between estimators comes.
    expect_within(found, 0.055, 0.16, "C of a neuron with one tenth of foreign spikes")
    expect_close(
        expect_number(contamination(own, tau, duration), "C of its own spikes"), 0.0,
        "C of its own spikes", rtol=0, atol=1e-12,
    )  # fmt: skip
