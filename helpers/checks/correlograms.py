"""What a student can check in lab 03, correlograms: is it one neuron?"""

import numpy as np

from . import (
    CheckFailed,
    check,
    expect_array,
    expect_close,
    expect_number,
    expect_results,
    expect_true,
    expect_within,
    limit,
)

# A perfect ruler: its four marks measure every length from 1 to 6 exactly once.
RULER = np.array([0, 1, 4, 6])
FAR = 0.5  # s between groups of spikes, much longer than any window used here
SIGN = "the lag has the wrong sign: it is t2[j] − t1[i], positive where the spike of t2 comes after"
NEIGHBOURS = "For each spike look only at those within the window: all differences of 34,000 spikes take 9 GB."
NEAREST = "A lag belongs to the nearest center: round lag / bin_size, do not cut it off."
WITH_SELF = "each spike is paired with itself: with auto=True leave these pairs out"
ONCE = (
    "Several lags in one bin were counted once: counts[k] += 1 with an array k adds 1 only once where k"
    " repeats. Use np.add.at or np.bincount."
)
EMPTIED = (
    "the whole middle bin was emptied: leave out a spike with itself, but count two spikes closer than"
    " half a bin (counts[k] += 1 with an array k does the same: repeated k count once; see np.add.at)"
)
# Estimators that count intervals, or take the foreign spikes to be of one neuron (Hill et al. 2011),
# differ from the one in the text by less than this for C up to .2.
ESTIMATORS = 0.2

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "cross_time_diff": "longer trains and other origins of time",
    "correlogram": "random trains, whose pairs are counted one by one, swapped, reversed and merged trains, other bins"
    " and windows, and two long trains at once",
    "refractory_violations": "random intervals and Poisson trains",
    "contamination": "other trains, durations and τ, and a neuron with foreign spikes among its own",
}

# cross_time_diff


@check("cross_time_diff", points=0.3)
def an_element_is_t1_minus_t2(cross_time_diff, rng):
    """Element [i, j] is t1[i] − t2[j]: one row for every spike of the first train, shape (n1, n2)."""
    t1, t2 = np.array([1.0, 2.0, 4.0]), np.array([0.5, 3.0])
    expected = np.array([[0.5, -2.0], [1.5, -1.0], [3.5, 1.0]])
    unit, start = rng.uniform(0.5, 2), rng.uniform(0, 5)
    expect_differences(cross_time_diff(start + unit * t1, start + unit * t2), unit * expected)


@check("cross_time_diff", points=0.2)
def swapping_the_trains_turns_the_matrix_and_its_signs(cross_time_diff, rng):
    """Element [i, j] of the trains is minus the element [j, i] of the swapped trains."""
    t1, t2 = np.sort(rng.uniform(0, 9, 7)), np.sort(rng.uniform(0, 9, 4))
    one = read_differences(cross_time_diff(t1, t2), t1, t2)
    other = read_differences(cross_time_diff(t2, t1), t2, t1)
    expect_close(
        other, -one.T, "the matrix of the swapped trains", rtol=0, atol=1e-9,
        misconceptions={"its elements have no sign: keep it, it says which spike came first": one.T},
    )  # fmt: skip
    expect_close(
        one + t2, np.repeat(t1[:, None], 4, axis=1), "each element plus the time of its spike of t2",
        rtol=0, atol=1e-9, hint="Element [i, j] is t1[i] − t2[j], in seconds.",
    )  # fmt: skip


@check("cross_time_diff", points=0.15)
def one_spike_still_gives_a_table(cross_time_diff, rng):
    """A train of one spike gives a matrix with one row, or with one column."""
    t = rng.uniform(2, 3)
    expect_differences(
        cross_time_diff(np.array([t]), np.array([0.0, 1.0, 5.0])), np.array([[t, t - 1, t - 5]])
    )
    expect_differences(
        cross_time_diff(np.array([0.0, 1.0]), np.array([t])), np.array([[-t], [1 - t]])
    )


def read_differences(value, t1, t2):
    """Read what `cross_time_diff` returned: an (n1, n2) array."""
    hint = "Rows belong to the first train, columns to the second."
    return expect_array(value, "the matrix", shape=(len(t1), len(t2)), hint=hint)


def expect_differences(value, expected):
    """Expect the matrix of differences to be `expected` (n1, n2), s."""
    found = expect_array(
        value, "the matrix", shape=expected.shape,
        hint="Rows belong to the first train, columns to the second.",
    )  # fmt: skip
    mistakes = {
        "the sign is turned: here it is t1[i] − t2[j]": -expected,
        "the sign is lost: keep it, it says which spike came first": np.abs(expected),
        "the times were turned into milliseconds: leave them in seconds": 1000 * expected,
    }
    expect_close(found, expected, "the matrix", rtol=0, atol=1e-9, misconceptions=mistakes)


# correlogram


@check("correlogram", points=0.2)
def there_is_a_bin_for_every_multiple_of_bin_size(correlogram):
    """`counts` and `centers` have 2·round(window/bin_size) + 1 elements; centers run from −window to +window."""
    t = FAR * np.arange(1, 6)
    for bin_size, window in ((0.001, 0.03), (0.002, 0.05), (0.001, 0.043)):
        counts = read_correlogram(
            correlogram.once(t, t + 0.003, bin_size, window), bin_size, window
        )
        expect_true(
            counts.any(), "Five spikes of t2 come 3 ms after one of t1, but all counts are 0."
        )


@check("correlogram", points=0.3)
def a_positive_lag_is_a_later_spike_of_t2(correlogram, rng):
    """Where every spike of t2 comes 7 ms after one of t1, all counts lie at +7 ms, and at −7 ms the other way round."""
    n = int(rng.integers(20, 40))
    t = FAR * np.arange(1, n + 1) + rng.uniform(0, 0.1, n)
    expected = np.zeros(61)
    expected[30 + 7] = n
    check_correlogram(correlogram(t, t + 0.007, 0.001, 0.03), expected, 0.001, 0.03)
    check_correlogram(correlogram(t + 0.007, t, 0.001, 0.03), expected[::-1], 0.001, 0.03)


@check("correlogram", points=0.2)
def bins_are_centred_on_their_centers(correlogram, rng):
    """A lag counts in the bin whose center is nearest: bin k reaches half a bin to either side of centers[k]."""
    expected = rng.integers(0, 6, 41)
    expected[[0, -1]] = 0
    t1, t2 = lonely_pairs(rng, expected, 0.002)
    check_correlogram(
        correlogram(t1, t2, 0.002, 0.04), expected, 0.002, 0.04,
        hint="A lag belongs to the nearest center: one of +0.4 bins to the middle bin, and so does one of −0.4.",
    )  # fmt: skip


@check("correlogram", points=0.2)
def every_pair_counts_not_only_neighbours(correlogram, rng):
    """Each spike of t1 is paired with every spike of t2 within the window, before it and after it, not only the nearest."""
    n = int(rng.integers(10, 20))
    t = FAR * np.arange(1, n + 1)
    t2 = (t[:, None] + 0.001 * np.array([-8, -3, 2, 5, 9])).ravel()
    expected = np.zeros(41)
    expected[20 + np.array([-8, -3, 2, 5, 9])] = n
    found = correlogram.once(t, t2, 0.001, 0.02)
    too_few = read_correlogram(found, 0.001, 0.02).sum() < expected.sum()
    several = "A spike may have several partners within the window: count all of them."
    check_correlogram(found, expected, 0.001, 0.02, hint=several if too_few else NEAREST)


@check("correlogram", points=0.1)
def partners_in_the_same_bin_all_count(correlogram, rng):
    """Where a spike of t1 has two spikes of t2 in the same bin, both count; and so do equal lags of different spikes."""
    n = int(rng.integers(10, 20))
    t = FAR * np.arange(1, n + 1)
    t2 = (t[:, None] + 0.001 * np.array([-6.2, -5.9, 3.8, 4, 4.3, 8])).ravel()
    expected, once = np.zeros(41), np.zeros(41)
    expected[20 + np.array([-6, 4, 8])] = 2 * n, 3 * n, n
    once[20 + np.array([-6, 4, 8])] = n
    counts = read_correlogram(correlogram(t, t2, 0.001, 0.02), 0.001, 0.02)
    # Repeated bins are lost within a spike, within an order of neighbours, or altogether.
    lost = any(np.allclose(counts, x) for x in (once, expected / n, np.minimum(once, 1)))
    shifted = counts.sum() == expected.sum()
    expect_counts(counts, expected, 0.001, hint=ONCE if lost else NEAREST if shifted else "")


@check("correlogram", points=0.3)
def with_auto_no_spike_is_paired_with_itself(correlogram, rng):
    """`auto=True` leaves out the pairs of a spike with itself and nothing else; `auto=False` counts every pair."""
    n = int(rng.integers(10, 20))
    t, expected = ruler_train(n, 0.002, 15)
    # As many spikes have a neighbour so close that their lag belongs to the middle bin.
    t = np.sort(np.concatenate([t, FAR * np.arange(n + 1, 2 * n + 1)]))
    t = np.append(t, t[-n:] + 0.0004)
    t.sort()
    expected[15] = 2 * n
    with_self = expected.copy()
    with_self[15] += len(t)
    emptied = expected.copy()
    emptied[15] = 0
    mistakes = {
        WITH_SELF: with_self,
        EMPTIED: emptied,
    }
    found = correlogram.once(t, t.copy(), 0.002, 0.03, auto=True)
    check_correlogram(found, expected, 0.002, 0.03, mistakes)
    mistakes = {
        "pairs of a spike with itself were left out, although auto=False: then every pair counts": (
            expected
        )
    }
    check_correlogram(
        correlogram.once(t, t.copy(), 0.002, 0.03, auto=False), with_self, 0.002, 0.03, mistakes
    )


@check("correlogram", points=0.2)
def empty_trains_and_single_spikes_are_no_problem(correlogram, rng):
    """A train without spikes, or a single spike with itself, gives counts of 0 in all bins."""
    none, one, some = np.array([]), np.array([1.0]), FAR * np.arange(1, 5)
    zero = np.zeros(21)
    for t1, t2 in ((none, some), (some, none), (none, none)):
        check_correlogram(correlogram(t1, t2, 0.001, 0.01), zero, 0.001, 0.01)
    check_correlogram(correlogram(none, none, 0.001, 0.01, auto=True), zero, 0.001, 0.01)
    found = correlogram(one, one.copy(), 0.001, 0.01, auto=True)
    check_correlogram(found, zero, 0.001, 0.01, {WITH_SELF: 1.0 * (np.arange(21) == 10)})
    k = int(rng.choice([-7, -5, 3, 4, 6]))
    zero[10 + k] = 1
    check_correlogram(correlogram(one, one + 0.001 * k, 0.001, 0.01), zero, 0.001, 0.01)


@check("correlogram", points=0.5)
def a_whole_session_fits(correlogram, rng):
    """34,000 spikes, as in a whole session, within 20 s and 1 GiB of memory."""
    # Nothing can stop a slow answer in the student's own kernel, so shorter trains come first. The
    # time of any answer grows at least as the number of spikes does.
    for groups in (1000, 3000, 8600):
        t, expected = ruler_train(groups, 0.001, 30)
        # A few groups lose their last spike, and with it the lags of 2, 5 and 6 bins.
        few = int(rng.integers(100, 300))
        t = np.delete(t, 4 * rng.choice(groups, few, replace=False) + 3)
        expected[30 + np.array([-6, -5, -2, 2, 5, 6])] -= few
        found = long_call(correlogram, t, t.copy(), 0.001, 0.03, auto=True)
    mistakes = {WITH_SELF: expected + len(t) * (np.arange(61) == 30)}
    check_correlogram(found, expected, 0.001, 0.03, mistakes)


def long_call(correlogram, t1, t2, *args, **kwargs):
    """Call `correlogram` within 1 GiB and as many of the 20 s as t1 has of 34,000 spikes, and 1 s to start."""
    n = len(t1)
    try:
        with limit(seconds=min(20, round(1 + 20 * n / 34_000, 1)), memory="1 GiB"):
            return correlogram.once(t1, t2, *args, **kwargs)
    except CheckFailed as error:
        if "did not finish" not in str(error) and "memory" not in str(error):
            raise
        longer = "" if n >= 34_000 else " With 34,000 it would take more than 20 s or 1 GiB."
        raise CheckFailed(f"With {n:,} spikes: {error}{longer} {NEIGHBOURS}") from None


def lonely_pairs(rng, counts, bin_size):
    """Trains t1 and t2 with exactly `counts` lags in each bin: every pair of spikes stands alone.

    Lags are at most .4 bins away from the centre of their bin, so none is near an edge.
    """
    k = rng.permutation(np.repeat(np.arange(len(counts)) - len(counts) // 2, counts))
    t1 = FAR * np.arange(1, len(k) + 1)
    return t1, t1 + (k + rng.uniform(-0.4, 0.4, len(k))) * bin_size


def ruler_train(n, bin_size, M):
    """A train of n groups of four spikes, whose lags are 1 to 6 bins, each once, and its auto-correlogram."""
    t = (FAR * np.arange(1, n + 1)[:, None] + bin_size * RULER).ravel()
    k = np.abs(np.arange(-M, M + 1))
    return t, np.where((k >= 1) & (k <= 6), float(n), 0.0)


def read_correlogram(value, bin_size, window):
    """Read what `correlogram` returned: counts, of which nobody looks at the outermost two, and centers."""
    counts, centers = expect_results(value, "counts", "centers")
    n = 2 * round(window / bin_size) + 1
    hint = (
        f"With bin_size = {bin_size:g} and window = {window:g} there are 2·round(window/bin_size) + 1 ="
        f" {n} bins; window is the half-width."
    )
    counts = expect_array(counts, "counts", shape=(n,), hint=hint)
    centers = expect_array(centers, "centers", shape=(n,), hint=hint)
    expected = np.arange(-(n // 2), n // 2 + 1) * bin_size
    mistakes = {
        "these are the left edges of the bins, not their centers": expected - bin_size / 2,
        "these are the right edges of the bins, not their centers": expected + bin_size / 2,
        "centers are in milliseconds: leave them in seconds": 1000 * expected,
        "centers count bins: multiply them by bin_size": expected / bin_size,
    }
    expect_true(
        n == 1 or not np.allclose(counts, expected),
        "counts and centers are swapped: return counts first.",
    )
    expect_close(
        centers, expected, "centers", rtol=0, atol=1e-3 * bin_size, misconceptions=mistakes
    )
    return counts


def check_correlogram(value, expected, bin_size, window, mistakes=None, hint=""):
    """Expect `correlogram` to have returned these counts, apart from the two outermost bins."""
    counts = read_correlogram(value, bin_size, window)
    expect_counts(counts, expected, bin_size, mistakes, hint)


def expect_counts(counts, expected, bin_size, mistakes=None, hint=""):
    """Expect counts (2 M + 1,), apart from the two outermost bins."""
    inner = slice(1, -1)
    found, wanted = counts[inner], np.asarray(expected, float)[inner]
    wrong = np.flatnonzero(np.abs(found - wanted) > 1e-6)
    if not wrong.size:
        return
    i = wrong[0]
    lag = (i + 1 - len(counts) // 2) * bin_size * 1000
    more = f" ({wrong.size} of {len(found)} bins are wrong)" if wrong.size > 1 else ""
    suspects = {**(mistakes or {}), **usual_mistakes(np.asarray(expected, float))}
    seen = [sentence for sentence, v in suspects.items() if np.allclose(found, v[inner], atol=1e-6)]
    looks = f" It looks as if {', or '.join(seen[:2])}." if seen else f" {hint}" if hint else ""
    expect_true(
        False,
        f"counts in the bin at {lag:+g} ms should be {wanted[i]:g} but is {found[i]:g}{more}.{looks}",
    )


def usual_mistakes(expected):
    """Sentences that complete "it looks as if …", with the counts each mistake would give."""
    M = len(expected) // 2
    sign = np.sign(np.arange(-M, M + 1))
    return {
        "nothing was counted": np.zeros_like(expected),
        SIGN: expected[::-1],
        "each pair is counted twice": 2 * expected,
        "only half of the pairs are counted": expected / 2,
        "only positive lags are counted": np.where(sign < 0, 0, expected),
        "only negative lags are counted": np.where(sign > 0, 0, expected),
        "lags lost their sign": np.where(sign > 0, expected + expected[::-1], 0)
        + np.where(sign == 0, expected, 0),
        "all lags lie one bin too far to the left": np.roll(expected, -1),
        "all lags lie one bin too far to the right": np.roll(expected, 1),
        "every lag was counted in both directions": expected + expected[::-1],
        "counts were normalised: leave them as numbers of pairs": expected / max(expected.sum(), 1),
        "equal lags were counted once (counts[k] += 1 with an array k; see np.add.at)": np.minimum(
            expected, 1
        ),
    }


# refractory_violations


@check("refractory_violations", points=0.3)
def it_is_the_share_of_short_intervals(refractory_violations, rng):
    """Two of five intervals are below τ: the share is 2/5, a fraction, not a count and not in percent."""
    t = np.array([0.0, 0.001, 0.1, 0.2, 0.2015, 0.3])
    expect_share(refractory_violations(t, 0.002), 2, 6)
    expect_share(refractory_violations(t + 50, 0.002), 2, 6)
    expect_share(refractory_violations(t, 0.0012), 1, 6)
    n = int(rng.integers(4, 10))
    t = np.append(t, 1 + 0.1 * np.arange(n))  # further spikes, with long intervals
    expect_share(refractory_violations(t, 0.002), 2, len(t))


@check("refractory_violations", points=0.15)
def an_interval_of_exactly_tau_is_none(refractory_violations, rng):
    """Only intervals strictly below τ count."""
    far = int(rng.integers(1, 6))
    t = np.concatenate([[0.0, 0.25, 0.5, 1.0, 1.125], 2.0 + np.arange(far)])
    mistakes = {"intervals of exactly τ are counted as well: use <, not ≤": 3 / (4 + far)}
    expect_share(refractory_violations(t, 0.25), 1, 5 + far, mistakes=mistakes)


@check("refractory_violations", points=0.15)
def fewer_than_two_spikes_violate_nothing(refractory_violations, rng):
    """A train of no spike or of one has no interval: the share is 0.0."""
    for t in (np.array([]), np.array([1.5])):
        found = expect_number(
            refractory_violations(t, 0.002), f"the share of a train of {len(t)} spikes"
        )
        expect_close(found, 0.0, f"the share of a train of {len(t)} spikes")
    two, apart = rng.uniform(1, 2), rng.uniform(0.0005, 0.0015)
    found = expect_number(
        refractory_violations(np.array([two, two + apart]), 0.002),
        "the share of two spikes within τ",
    )
    expect_true(
        found >= 0.5, f"The only interval of two spikes is below τ, but the share is {found:.3g}."
    )


@check("refractory_violations", points=0.1)
def intervals_lie_between_neighbours(refractory_violations, rng):
    """Three spikes in a row within τ make two short intervals: the first and the third are no neighbours."""
    far = int(rng.integers(4, 12))
    t = np.concatenate([[0.0, 0.0005, 0.001], 0.3 * np.arange(1, far + 1)])
    expect_share(refractory_violations(t, 0.002), 2, len(t), pairs=3)


def expect_share(value, n_short, n, pairs=None, mistakes=None):
    """Expect n_short of n − 1 intervals; `pairs` is how many pairs of any spikes are that close."""
    found = expect_number(value, "the share")
    mistakes = {
        **(mistakes or {}),
        "the count was divided by the number of spikes: n spikes have n − 1 intervals": n_short / n,
        "it is a count: divide it by the n − 1 intervals": n_short,
        "it is in percent: leave it as a fraction": 100 * n_short / (n - 1),
        "the intervals that are long enough were counted": 1 - n_short / (n - 1),
        "no interval was found to be short: τ and the times are both in seconds": 0.0,
        "all intervals were found to be short: τ and the times are both in seconds": 1.0,
    }
    if pairs is not None:
        mistakes["all pairs were counted: an interval lies between neighbours only"] = pairs / (
            n - 1
        )
    expect_close(found, n_short / (n - 1), "the share", misconceptions=mistakes)


# contamination


@check("contamination", points=0.15)
def a_clean_train_has_none(contamination, rng):
    """Without a single pair closer than τ the estimate is 0."""
    t, duration = train_with_pairs(rng, 400, 0, 0.002)
    found = expect_number(contamination.once(t, 0.002, duration), "C of a clean train")
    expect_close(found, 0.0, "C of a clean train", rtol=0, atol=1e-12)
    t, duration = train_with_pairs(rng, 400, 8, 0.002)
    found = expect_number(contamination(t, 0.002, duration), "C of a train with close pairs")
    expect_true(found > 0, "C of a train with eight pairs closer than τ is 0, too.")


@check("contamination", points=0.2)
def close_pairs_say_how_many_spikes_are_foreign(contamination, rng):
    """n pairs closer than τ give C = 1 − √(1 − n·T/(N²·τ)), here near .1 (other published estimators may differ by a fifth)."""
    for tau in (0.002, 0.003):
        n = int(rng.integers(8, 35))
        t, duration = train_with_pairs(rng, 1500, n, tau)
        expect_contamination(contamination(t, tau, duration), n, len(t), tau, duration)


@check("contamination", points=0.1)
def pairs_just_above_tau_do_not_count(contamination, rng):
    """With τ = 2 ms, pairs 2.1 to 2.4 ms apart are no violations."""
    n = int(rng.integers(6, 25))
    t, duration = train_with_pairs(rng, 1500, n, 0.002, above=36 - n)
    mistakes = {
        "pairs further apart than τ were counted: compare the times with τ itself, the bins of a"
        " correlogram round it away": estimate(36, len(t), 0.002, duration)
    }
    value = contamination(t, 0.002, duration)
    expect_contamination(value, n, len(t), 0.002, duration, mistakes)


@check("contamination", points=0.1)
def the_duration_is_that_of_the_recording(contamination, rng):
    """T is the `duration` given, not the time from the first spike to the last."""
    n = int(rng.integers(5, 19))
    t, duration = train_with_pairs(rng, 1500, n, 0.002)
    found = expect_number(contamination(t, 0.002, 2 * duration), "C")
    expect_contamination(
        found, n, len(t), 0.002, 2 * duration,
        {"T is the time from the first spike to the last: use the duration given": estimate(
            n, len(t), 0.002, t[-1] - t[0])},
    )  # fmt: skip


@check("contamination", points=0.15)
def estimates_lie_between_0_and_1(contamination):
    """Where there are more close pairs than even unrelated spikes would have, C is 1, not more and not NaN."""
    t = np.sort(np.concatenate([np.arange(1, 101.0), np.arange(1, 101.0) + 0.0015]))
    found = expect_number(
        contamination(t, 0.002, 102.0), "C of a train made of close pairs only",
        finite=False,
    )  # fmt: skip
    expect_true(
        not np.isnan(found),
        "C of a train made of close pairs only should be 1 but is NaN: the number under the root became"
        " negative. Clip it at 0 before you take the root.",
    )
    # A cap of .5 is as good: estimators that allow for one foreign neuron cannot exceed it.
    expect_within(
        found, 0.5, 1.0, "C of a train made of close pairs only",
        hint="Clip the estimate to the range from 0 to 1.",
    )  # fmt: skip
    found = expect_number(
        contamination(t[::2], 0.002, 102.0), "C of a train of which each pair has lost a spike"
    )
    expect_true(
        found < 0.5, f"C is {found:.3g}, too, where each of the close pairs has lost a spike."
    )
    for t in (np.array([]), np.array([0.7])):
        what = f"C of a train of {len(t)} spikes"
        found = expect_number(contamination(t, 0.002, 10.0), what)
        expect_close(found, 0.0, what, hint="Fewer than two spikes make no pair: return 0.0.")


def train_with_pairs(rng, N, n, tau, above=0):
    """A train of N spikes with n pairs closer than tau, `above` pairs just further apart, and its duration (s)."""
    single = N - n - above
    start = 0.02 * np.arange(1, single + 1) + rng.uniform(0, 0.006, single)
    first = rng.choice(single, n + above, replace=False)
    apart = np.append(rng.uniform(0.3, 0.9, n), rng.uniform(1.05, 1.2, above)) * tau
    t = np.sort(np.concatenate([start, start[first] + apart]))
    # The recording goes on for a while, so its duration does not tell how many spikes are single.
    return t, 0.02 * (single + 22) + rng.uniform(0, 0.002 * single)


def estimate(n, N, tau, duration):
    """C of n pairs closer than tau among N spikes in duration s."""
    return 1 - np.sqrt(max(0.0, 1 - n * duration / (N**2 * tau)))


def expect_contamination(value, n, N, tau, duration, mistakes=None):
    """Expect the estimate from n close pairs, or another one that agrees with it for C up to .2."""
    found = expect_number(value, "C", finite=False)
    expected = estimate(n, N, tau, duration)
    x = n * duration / (N**2 * tau)
    usual = {
        "each pair was counted twice, or τ was halved: take τ as it is given": estimate(
            2 * n, N, tau, duration
        ),
        "1 − C was returned, the share of the neuron's own spikes": 1 - expected,
        "the root is missing": x,
        "the number under the root was forgotten to be taken from 1": 1 - np.sqrt(x),
        "N was not squared": estimate(n, np.sqrt(N), tau, duration),
        "τ is not used: it belongs under the fraction": estimate(n, N, 1.0, duration),
        "T is not used: multiply the number of pairs by the duration": estimate(n, N, tau, 1.0),
        "the share of short intervals was returned: put it in relation to what unrelated spikes have": (
            n / (N - 1)
        ),
        "it is in percent: leave it as a fraction": 100 * expected,
        "no close pair was found: τ and the times are both in seconds": 0.0,
    }
    margin = ESTIMATORS * expected
    expect_within(
        found, expected - margin, expected + margin,
        f"C of a train with {n} pairs closer than {1000 * tau:g} ms among {N} spikes in {duration:.0f} s",
        misconceptions={**(mistakes or {}), **usual},
    )  # fmt: skip
