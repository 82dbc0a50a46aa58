"""What a student can check in lab 04, LNP: a neuron you can fit."""

import contextlib
from numbers import Real

import numpy as np
from scipy import stats

from . import (
    FALSE_ALARM,
    CheckFailed,
    check,
    expect_array,
    expect_close,
    expect_number,
    expect_reproducible,
    expect_results,
    expect_true,
    expect_within,
    limit,
    same,
)

DT, R = 0.1, 50  # s, Hz: the defaults of the text
FLAT = 0.01  # of the largest slope at w = 0: what may be left of it at a minimum
GAP = 0.01  # nats above the minimum, as good
ORDER = "Return c, r, s in this order: the counts, what is expected of them, the stimulus."
ROWS = "One row for each of the D² pixels, one column for each time bin."
NO_R = "Δt·R is missing: r is exp(wᵀs) times dt times R"
DRAW = "Draw each c[t] from the Poisson distribution with mean r[t], all from one generator made before any loop."
SUM = "Add up what all bins contribute: np.sum."
FACTORIAL = (
    "c! of a large c has too many digits for a computer. It does not depend on w: leave ln c! out, or take"
    " scipy.special.gammaln(c + 1)."
)
BY_HAND = "Take the logarithm of r by hand, as in step 2 of Question 1, not by np.log."
NO_SPIKE = f"Where wᵀs is very negative, r becomes 0 for a computer, and 0·log(r) is NaN. {BY_HAND}"
RARE = (
    "A spike where r is too small for a computer is improbable, not impossible, but log(0) is −∞."
    f" {BY_HAND}"
)
CUT = (
    "r or wᵀs was cut off, or something added to r, against a logarithm of 0: then a spike costs the same"
    " however small r is. Take the logarithm of r by hand, which needs no cut"
)
NEGATIVE = f"Is there a logarithm of 0 or of a negative number? {BY_HAND} ln c! is gammaln(c + 1), or left out."
GAMMALN = "Some counts are 0: ln c! is gammaln(c + 1), not gammaln(c), which is infinite there."
ONE_AXIS = (
    "Return one number for each pixel in an array with one axis, as w has: .ravel() makes one."
)
DIVIDES = "Where r is too small for a computer, c/r and 1/r are not finite: do not divide by r, cancel it by hand first."
NEARLY = "It is nearly 0: are these finite differences? Use the formula that you derived."
UNDERFLOW = "Look for a logarithm of 0: a product of many probabilities is 0 for a computer, so add up their logarithms."
SOLVER = (
    "Was the search stopped too early (result.message, maxiter, the number of your own steps)? Does the"
    " gradient given as jac belong to the function, sign and scale included? Nelder-Mead gets lost among so"
    " many weights."
)
AS_THEY_ARE = "return them as they come out, without dividing."
DIVERGED = "The search diverged: start from zeros, and take smaller steps if they are your own."
NEVER = "That is too far off to be chance."

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "sample_lnp": "the average count and the average stimulus before a spike, which theory knows, pairs of pixels,"
    " and counts of quiet and of busy neurons",
    "negloglike_lnp": "the full size of 15 × 15 pixels, and quiet and busy neurons with few bins and with many",
    "deriv_negloglike_lnp": "the full size of 15 × 15 pixels, how the gradient changes with w, and quiet and busy"
    " neurons with few bins and with many",
    "fit_lnp": "quiet and busy neurons, and how far the truth may be from the fit",
}


# sample_lnp


@check("sample_lnp", points=0.2)
def counts_expectations_and_stimulus_have_one_column_per_bin(sample_lnp, rng):
    """`c` holds a whole number ≥ 0 and `r` a positive number for each of nT bins; `s` has D² rows and nT columns."""
    for D, nT in ((3, 40), (4, 7), (6, 1)):
        w = rng.normal(0, 0.1, D * D)
        with hint_if_raised(f"Here w has {D * D} elements: take D² from it, len(w).", "ValueError"):
            value = sample_lnp(w, nT, DT, R, 5, random_seed=3)
        c, r, s = read_sample(value, D, nT)
        expect_true(
            np.ptp(s) > 0 and (nT == 1 or (np.ptp(c) > 0 and np.ptp(r) > 0)),
            "c, r or s is the same everywhere: they vary from bin to bin.",
        )
        expect_within(c, 0, np.inf, "c", hint="A count is never negative.")
        hint = "It is an exponential times dt·R: never negative, log(r) may be."
        expect_within(r, 0, np.inf, "r", hint=hint)


@check("sample_lnp", points=0.25)
def a_pixel_has_one_of_two_values(sample_lnp, rng):
    """Every element of `s` is exactly +s_i/2 or −s_i/2: ±2.5 for s_i = 5, ±.75 for s_i = 1.5."""
    for D, s_i in ((4, 5), (3, 1.5)):
        w = rng.normal(0, 0.1, D * D)
        s = read_sample(sample_lnp.once(w, 200, DT, R, s_i, random_seed=4), D, 200)[2]
        expect_two_values(s, s_i)


@check("sample_lnp", points=0.15)
def every_pixel_is_a_coin_of_its_own(sample_lnp):
    """Both values come with probability ½, whatever the other pixels and the bins before show (false alarms: 3 in a million)."""
    # One call of 100,000 coins, from which three exact binomial tests are made.
    s = read_sample(sample_lnp(np.full(25, 0.02), 4000, DT, R, 2, random_seed=5), 5, 4000)[2]
    expect_coins(s > 0)


@check("sample_lnp", points=0.3)
def r_is_what_the_stimulus_makes_of_it(sample_lnp, rng):
    """`r` is exp(wᵀs)·dt·R in every bin, for the returned stimulus and the w, dt and R that were passed."""
    for D, dt, rate, s_i in ((4, DT, R, 5), (3, 0.02, 120.0, 3), (5, 0.5, 7.0, 2)):
        w = rng.normal(0, 0.5 / (D * s_i / 2), D * D) + 0.02
        _, r, s = read_sample(sample_lnp.once(w, 150, dt, rate, s_i, random_seed=6), D, 150)
        expect_rates(r, w, s, dt, rate)


@check("sample_lnp", points=0.3)
def counts_are_poisson(sample_lnp, rng):
    """Given the stimulus, counts have mean and variance exp(wᵀs)·dt·R and the Poisson distribution, of a busy neuron (about 5 per bin) and of a quiet one (.3) (false alarms: 6 in a million)."""
    for dt, rate in ((DT, R), (0.02, 15.0)):
        w = rng.normal(0, 0.1, 9)
        c, _, s = read_sample(sample_lnp(w, 5000, dt, rate, 4, random_seed=7), 3, 5000)
        expect_poisson(rng, c, w, s, dt, rate)


@check("sample_lnp", points=0.15)
def a_seed_fixes_everything_that_is_drawn(sample_lnp, rng):
    """The same `random_seed` gives the same result, another one another, and without one it is 10."""
    w = rng.normal(0, 0.05, 16)
    first = expect_reproducible(sample_lnp, w, 300, DT, R, 5, random_seed=8)
    c, _, s = read_sample(first, 4, 300)
    c2, _, s2 = read_sample(sample_lnp(w, 300, DT, R, 5, random_seed=9), 4, 300)
    expect_true(
        np.ptp(s) > 0 or np.ptp(c) > 0, f"Neither the stimulus nor the counts are drawn. {DRAW}"
    )
    for name, one, other in (("stimulus", s, s2), ("counts", c, c2)):
        expect_true(
            np.ptp(one) == 0 or not np.array_equal(one, other),  # constant: not the seed's fault
            f"The {name} are the same for random_seed=8 and random_seed=9: make the generator from"
            " random_seed, not from a number of your own.".replace("stimulus are", "stimulus is"),
        )
    default = sample_lnp(w, 300, DT, R, 5), sample_lnp(w, 300, DT, R, 5, random_seed=10)
    expect_true(
        same(*default),
        "Without a random_seed the result should be that of random_seed=10: keep `random_seed=10` in the"
        " first line of your function, and use it.",
    )


def read_sample(value, D, nT):
    """Read what `sample_lnp` returned: counts (nT,), expected counts (nT,), stimulus (D², nT)."""
    c, r, s = expect_results(value, "c", "r", "s")
    shapes = [np.shape(x) for x in (c, r, s) if not isinstance(x, (dict, str))]
    hint = ORDER if shapes != [(nT,), (nT,), (D * D, nT)] and (D * D, nT) in shapes[:2] else ROWS
    if nT == 1 and np.ndim(c) == 0:
        c = [c]  # scipy.stats.poisson.rvs makes one count a plain number
    s = expect_array(s, "s", shape=(D * D, nT), hint=hint)
    r = expect_array(r, "r", shape=(nT,), hint="One expected count for each bin.")
    c = expect_array(c, "c", shape=(nT,), hint="One count for each bin.")
    if np.any(np.rint(c) != c) and np.all(np.rint(r) == r):
        raise CheckFailed(f"c and r are swapped: the second result is whole numbers. {ORDER}")
    return expect_array(c, "c", integer=True, hint=DRAW), r, s


def expect_two_values(s, s_i):
    """Expect a stimulus of nothing but −s_i/2 and +s_i/2."""
    values, a = np.unique(s), s_i / 2
    if len(values) > 2:
        raise CheckFailed(
            f"s should hold two values, −{a:g} and +{a:g}, but it holds {len(values)}, from {values[0]:.4g} to"
            f" {values[-1]:.4g}. Draw signs, not numbers between or a normal distribution."
        )
    mistakes = {
        "the values are 0 and 1: a pixel is −s_i/2 or +s_i/2": [0, 1],
        "the values are 0 and s_i: they should lie around 0": [0, s_i],
        "the values are ±1: multiply them by s_i/2": [-1, 1],
        "the values are ±½: multiply them by s_i": [-0.5, 0.5],
        "the values are ±s_i: s_i is the distance between them": [-s_i, s_i],
        "s_i was not used: the values are ±2.5 whatever it is": [-2.5, 2.5],
    }
    if len(values) == 1:
        raise CheckFailed(
            f"Every element of s is {values[0]:g}: it should be −{a:g} or +{a:g}, by chance."
        )
    expect_close(
        values, [-a, a], f"the two values in s with s_i = {s_i:g}", rtol=1e-9,
        misconceptions=mistakes,
    )  # fmt: skip


def expect_coins(up):
    """Expect fair coins (D², nT) that depend neither on the pixel above in the list nor on the bin before."""
    p = up.mean()
    alike = p**2 + (1 - p) ** 2  # biased coins agree more often: that they are is said last
    expect_share(
        up[:, 1:] == up[:, :-1], "of the pixels have the same value as in the next bin",
        "Draw a new frame for every bin, all from one generator made before any loop.", alike,
    )  # fmt: skip
    expect_share(
        up[1:] == up[:-1], "of the pixels have the same value as the next pixel of the same bin",
        "Draw a value for every pixel of every bin, not one for a whole frame.", alike,
    )  # fmt: skip
    expect_share(up, "of the elements of s are +s_i/2", "Both values are equally likely.")


def expect_share(outcomes, what, hint, p=0.5):
    """Expect a share p of these independent outcomes to be true, by the binomial distribution."""
    n = outcomes.size
    low, high = stats.binom.ppf(FALSE_ALARM / 2, n, p), stats.binom.isf(FALSE_ALARM / 2, n, p)
    message = f"{outcomes.mean():.1%} {what}, where {p:.0%} should be. {NEVER} {hint}"
    expect_true(low <= outcomes.sum() <= high, message)


def expect_rates(r, w, s, dt, R):
    """Expect r (nT,) to be the expected counts of weights w (D²,) for stimulus s (D², nT)."""
    D = round(len(w) ** 0.5)
    u, expected = w @ s, expected_counts(w, s, dt, R)
    turned = expected_counts(w.reshape(D, D).T.ravel(), s, dt, R)
    mistakes = {
        NO_R: np.exp(u),
        "dt is missing: this is the rate per second, r is per bin": expected / dt,
        "R is missing: multiply by it": expected / R,
        "dt·R = 5 was used whatever dt and R are": np.exp(u) * 5,
        "the exponential is missing": u * dt * R,
        "dt·R stands inside the exponential: it multiplies it": np.exp(u * dt * R),
        "s was divided by its height: it enters as it is": np.exp(u / np.abs(s).max()) * dt * R,
        "w was divided by its norm: use it as it is": np.exp(u / np.linalg.norm(w)) * dt * R,
        "w was divided by its sum: use it as it is": np.exp(u / w.sum()) * dt * R,
        "rows and columns of w are swapped: use w as it is, it is flat already": turned,
        "it is rounded: an expected count need not be whole": np.rint(expected),
        "the logarithm of it was returned": np.log(expected),
    }
    expect_close(
        r, expected, "r", rtol=1e-6, misconceptions=mistakes,
        hint="Take the s that you return: r = exp(w @ s)·dt·R.",
    )  # fmt: skip


def expected_counts(w, s, dt, R):
    """exp(wᵀs)·dt·R (nT,), infinite where it is too large for a float."""
    with np.errstate(over="ignore"):
        return np.exp(w @ s) * dt * R


def expect_poisson(rng, c, w, s, dt, R):
    """Expect counts c (nT,) to be independent Poisson counts for the weights and the stimulus.

    Three tests, each with a false-alarm rate of at most FALSE_ALARM: their sum is a Poisson count, too;
    their scatter is compared at 6 standard deviations, since it is only nearly normal; and the place of
    each count in its own distribution, made continuous by chance, is uniform.
    """
    r, n = expected_counts(w, s, dt, R), len(c)
    expect_true(np.ptp(c) > 0, f"All counts are the same, {c[0]}. {DRAW}")
    mistakes = {
        "the counts were drawn with the rate per second: use r": r.mean() / dt,
        "the counts were drawn without Δt·R: use r": r.mean() / (dt * R),
        "the counts were drawn without R: use r": r.mean() / R,
        "the counts were drawn with mean dt·R: use r, which depends on the stimulus": dt * R,
    }
    # The mean of what a mistake draws scatters, too: match it to 3 standard errors.
    near = [k for k, mean in mistakes.items() if abs(c.mean() - mean) < 3 * np.sqrt(mean / n)]
    if c.max() == 1:
        near = ["there is never more than one spike in a bin: counts may be larger than 1"]
    tails = FALSE_ALARM / 2, r.sum()
    expect_within(
        c.mean(), stats.poisson.ppf(*tails) / n, stats.poisson.isf(*tails) / n,
        "the average count per bin", hint=f"It looks as if {near[0]}." if near else DRAW,
    )  # fmt: skip
    # The covariance of c and r is the variance of r, but for chance: compare at 6 standard deviations.
    follows, spread = np.mean((c - c.mean()) * (r - r.mean())), r.var()
    chance = 6 * np.sqrt(np.sum(r * (r - r.mean()) ** 2)) / n
    expect_true(
        follows > chance or abs(follows - spread) < chance,
        "The counts do not depend on r: bins in which more spikes are expected do not have more. Draw each"
        " c[t] with its own r[t], of the stimulus that you return.",
    )
    scatter = np.mean((c - r) ** 2 / r)
    margin = 6 * np.sqrt(np.mean(2 + 1 / r) / n)
    hint = "They are hardly random: draw them, do not round r." if scatter < 0.3 else DRAW
    expect_true(
        abs(scatter - 1) <= margin,
        f"The counts scatter around r with a variance of {scatter:.3g}·r, where Poisson counts have 1·r. {hint}",
    )
    # A count's place among all that might have come is uniform if the lot decides within equal counts.
    place = stats.poisson.cdf(c - 1, r) + rng.random(n) * stats.poisson.pmf(c, r)
    expect_true(
        stats.kstest(place, "uniform").pvalue >= FALSE_ALARM,
        f"The counts scatter as much as Poisson counts, but are not distributed like them: {np.sum(c == 0)} of"
        f" {n} are 0, where {np.exp(-r).sum():.0f} are expected. {DRAW}",
    )


# negloglike_lnp


@check("negloglike_lnp", points=0.15)
def it_is_one_number(negloglike_lnp, rng):
    """The result is a single finite number, for any number of pixels and bins."""
    for D, nT in ((3, 30), (5, 1)):
        w, c, s = responses(rng, D, nT)
        one, other = (read_likelihood(negloglike_lnp(x, c, s, DT, R), x, c, s) for x in (w, -w))
        expect_true(
            one != other, "It is the same number for w and for −w, which expect other counts."
        )


@check("negloglike_lnp", points=0.45)
def it_is_minus_the_logarithm_of_the_probability(negloglike_lnp, rng):
    """Between any two w it differs as −Σ log P(c) of Poisson counts does (a constant that does not depend on w may be left out)."""
    for D, nT in ((3, 40), (5, 200)):
        w, c, s = responses(rng, D, nT)
        compare(negloglike_lnp, w, rng.normal(0, 0.3 / D, D * D), c, s, DT, R)


@check("negloglike_lnp", points=0.2)
def dt_and_R_are_the_ones_passed(negloglike_lnp, rng):
    """It depends on `dt` and `R` as r does; without them they are .1 s and 50 Hz."""
    for given in ((0.02, 40.0), (0.8, 3.0), ()):
        w, c, s = responses(rng, 4, 100, *given)
        compare(negloglike_lnp, w, rng.normal(0, 0.1, 16), c, s, *given)


@check("negloglike_lnp", points=0.25)
def ten_thousand_spikes_in_a_bin_are_no_problem(negloglike_lnp, rng):
    """Counts up to 10,000 in a bin, and wᵀs up to 200, give a finite number, and the right one."""
    for top in (200, 5000):
        w, c, s = responses(rng, 3, 60, DT, 10 * top)
        with hint_if_raised(FACTORIAL, "OverflowError"):
            compare(negloglike_lnp, w, w + rng.normal(0, 0.03, 9), c, s, DT, 10 * top)
    for drive in (25, 200):
        w = np.full(9, drive / 9)
        compare(negloglike_lnp, w, w / 1.01, c, np.ones_like(s), DT, R)


@check("negloglike_lnp", points=0.25)
def bins_with_hardly_a_chance_of_a_spike_count_too(negloglike_lnp, rng):
    """Bins without a spike count, and so do bins where wᵀs is −800 and r too small for a computer, without a spike and with one."""
    w, c, s = responses(rng, 3, 30)
    c[::2] = 0
    compare(negloglike_lnp, w, rng.normal(0, 0.1, 9), c, s, DT, R)
    s[:, ::3], c[::3], far = -800 / 9 / 0.1, 0, np.full(9, 0.1)
    compare(negloglike_lnp, far, far / 1.001, c, s, DT, R)
    c[::6] = 1
    compare(negloglike_lnp, far, far / 1.001, c, s, DT, R)


def responses(rng, D, nT, dt=DT, R=R):
    """Weights (D²,), counts (nT,) and a stimulus (D², nT): any numbers, since likelihoods take any."""
    s = rng.normal(0, 1, (D * D, nT))
    c = np.rint(rng.uniform(0, 2, nT) * dt * R).astype(int)
    return rng.normal(0, 0.3 / D, D * D), c, s


def read_likelihood(value, w, c, s, dt=DT, R=R):
    """Read a negative log-likelihood: a finite number."""
    number = expect_number(value, "the negative log-likelihood", finite=False, hint=SUM)
    if np.isfinite(number):
        return number
    gone = expected_counts(w, s, dt, R) == 0
    if np.isnan(number):
        hint = NO_SPIKE if gone.any() else NEGATIVE
    elif np.max(c) > 170:
        hint = FACTORIAL
    elif np.any(gone & (c > 0)):
        hint = RARE
    else:  # a product of probabilities is 0 only if there are many
        hint = UNDERFLOW if np.all(c > 0) or surprise(w, c, s, dt, R) > 700 else GAMMALN
    raise CheckFailed(f"The negative log-likelihood is {number:.3g}. {hint}")


def surprise(w, c, s, dt=DT, R=R):
    """−Σ log P(c), with all its constants."""
    r = expected_counts(w, s, dt, R)
    with np.errstate(divide="ignore"):
        log_p = stats.poisson.logpmf(c, r)
    # One spike where r is too small for a float: its probability is r, whose logarithm is no problem.
    rare = (r == 0) & (c == 1)
    log_p[rare] = (w @ s)[rare] + np.log(dt * R)
    return -np.sum(log_p)


def compare(negloglike_lnp, w1, w2, c, s, *given):
    """Expect the negative log-likelihoods of two weights to differ as probabilities say.

    `given` is dt and R, or nothing where their defaults are meant.
    """
    dt, R_ = given or (DT, R)
    values = [read_likelihood(negloglike_lnp(w, c, s, *given), w, c, s, dt, R_) for w in (w1, w2)]
    expected = surprise(w1, c, s, dt, R_) - surprise(w2, c, s, dt, R_)
    r1, r2 = expected_counts(w1, s, dt, R_), expected_counts(w2, s, dt, R_)
    drive = (w1 - w2) @ s
    bare = np.sum(np.exp(w1 @ s) - np.exp(w2 @ s))
    squares, gone = np.sum((c - r1) ** 2 - (c - r2) ** 2), r1 == 0
    mistakes = {
        "the sign is turned: this is the log-likelihood, its negative is asked for": -expected,
        "it is the mean over bins: take the sum": expected / len(c),
        "it is the mean over bins, with its sign turned: take minus the sum": -expected / len(c),
        NO_R: bare - c @ drive,
        "dt is missing in r": bare * R_ - c @ drive,
        "R is missing in r": bare * dt - c @ drive,
        "dt = .1 and R = 50 were used, whatever is passed": bare * 5 - c @ drive,
        "the sum of r is missing": -c @ drive,
        "the bins without a spike are left out: they count, too": (
            np.sum((r1 - r2)[c > 0]) - c @ drive
        ),
        CUT: expected + c[gone] @ drive[gone],
        "the term c·log r is missing": np.sum(r1 - r2),
        "r and c·log r are added: one of them has the other sign": np.sum(r1 - r2) + c @ drive,
        "c is multiplied by r, where log r is meant": np.sum(r1 - r2) - c @ (r1 - r2),
        "the logarithm is that of base 10": np.sum(r1 - r2) - c @ drive / np.log(10),
        "this is the deviance, twice what is asked for": 2 * expected,
        "this is the squared error, that of Gaussian noise": squares,
        "this is half the squared error, that of Gaussian noise": squares / 2,
    }
    # Constants such as Σ ln c! cost digits in the difference.
    lost = 1e-12 * sum(map(abs, values))
    expect_close(
        values[0] - values[1], expected, "its difference between two w", rtol=1e-6, atol=lost,
        misconceptions=mistakes,
    )  # fmt: skip


# deriv_negloglike_lnp


@check("deriv_negloglike_lnp", points=0.2)
def the_gradient_has_one_number_per_pixel(deriv_negloglike_lnp, rng):
    """The result has shape (D²,), as w has, for any number of pixels and bins."""
    for D, nT in ((3, 30), (5, 1), (4, 16)):
        w, c, s = responses(rng, D, nT)
        found = read_gradient(deriv_negloglike_lnp(w, c, s, DT, R), D)
        expect_true(np.ptp(found) > 0, f"The gradient is {found[0]:g} in every pixel.")


@check("deriv_negloglike_lnp", points=0.5)
def it_is_the_slope_along_every_pixel(deriv_negloglike_lnp, rng):
    """Element i is how −Σ log P(c) grows with w[i], measured by moving w[i] a little up and down."""
    for D, nT in ((3, 40), (5, 300)):
        w, c, s = responses(rng, D, nT)
        expect_gradient(deriv_negloglike_lnp(w, c, s, DT, R), w, c, s)


@check("deriv_negloglike_lnp", points=0.2)
def the_gradient_takes_dt_and_R_as_passed(deriv_negloglike_lnp, rng):
    """It depends on `dt` and `R` as r does; without them they are .1 s and 50 Hz."""
    for given in ((0.02, 40.0), (0.8, 3.0), ()):
        w, c, s = responses(rng, 4, 100, *given)
        expect_gradient(deriv_negloglike_lnp(w, c, s, *given), w, c, s, *given)


@check("deriv_negloglike_lnp", points=0.2)
def nothing_pulls_where_counts_are_as_expected(deriv_negloglike_lnp, rng):
    """If every count equals its expected count r, the gradient is 0."""
    for dt, rate in ((DT, R), (0.5, 4.0)):
        w, _, s = responses(rng, 4, 60)
        r = expected_counts(w, s, dt, rate)
        found = read_gradient(deriv_negloglike_lnp(w, r, s, dt, rate), 4)
        pull = np.abs(s) @ r
        other = read_gradient(deriv_negloglike_lnp(w, 2 * r, s, dt, rate), 4)
        expect_true(
            np.any(np.abs(other) > 1e-6 * pull),
            "The gradient is 0, too, where every count is twice its expected count.",
        )
        expect_close(
            found / pull, np.zeros(16), "the gradient where c is r, in parts of Σ|s|·r", rtol=0, atol=1e-9,
            hint=NEARLY if np.abs(found / pull).max() < 1e-5 else "Look at your derivation once more.",
            misconceptions={
                NO_R: s @ (np.exp(w @ s) - r) / pull,
                "dt = .1 and R = 50 were used, whatever is passed": (
                    s @ (5 * np.exp(w @ s) - r) / pull
                ),
                "dt·R multiplies the whole difference: it belongs to r alone": (
                    s @ (r - dt * rate * r) / pull
                ),
                "c and r are added, where their difference is meant": 2 * s @ r / pull,
            },
        )  # fmt: skip


@check("deriv_negloglike_lnp", points=0.2)
def the_gradient_stands_ten_thousand_spikes_in_a_bin(deriv_negloglike_lnp, rng):
    """Counts up to 10,000 in a bin, and bins whose r is too small for a computer, without a spike and with one."""
    w, c, s = responses(rng, 3, 60, DT, 5e4)
    expect_gradient(deriv_negloglike_lnp(w, c, s, DT, 5e4), w, c, s, DT, 5e4)
    s[:, ::3], c[::3], far = -800 / 9 / 0.1, 0, np.full(9, 0.1)
    for spikes in (0, 1):
        c[::6] = spikes
        expect_gradient(deriv_negloglike_lnp(far, c, s, DT, 5e4), far, c, s, DT, 5e4)


def read_gradient(value, D):
    """Read a gradient: (D²,)."""
    found = expect_array(value, "the gradient", shape=(D * D,), finite=False, hint=ONE_AXIS)
    return expect_array(found, "the gradient", hint=DIVIDES)


def slope(w, c, s, dt=DT, R=R, h=1e-4):
    """The slope of `surprise` along each weight (D²,), by going a step h both ways."""
    steps = h * np.eye(len(w))
    return np.array(
        [(surprise(w + e, c, s, dt, R) - surprise(w - e, c, s, dt, R)) / (2 * h) for e in steps]
    )


def expect_gradient(value, w, c, s, dt=DT, R=R, expected=None):
    """Expect a gradient (D²,) to be `expected`, by default the slope of −Σ log P(c) at w."""
    found = read_gradient(value, round(len(w) ** 0.5))
    expected = slope(w, c, s, dt, R) if expected is None else expected
    spikes = s @ c
    made = expected + spikes  # the part that comes from r
    mistakes = {
        "the sign is turned: this is the gradient of the log-likelihood, its negative is asked for": (
            -expected
        ),
        "it is the mean over bins: take the sum": expected / len(c),
        "it is the mean over bins, with its sign turned: take minus the sum": -expected / len(c),
        NO_R: made / (dt * R) - spikes,
        "dt is missing in r": made / dt - spikes,
        "R is missing in r": made / R - spikes,
        "dt·R multiplies the whole difference: it belongs to r alone": made - dt * R * spikes,
        "dt = .1 and R = 50 were used, whatever is passed": 5 * made / (dt * R) - spikes,
        "the part of r is missing": -spikes,
        "the part of c is missing": made,
        "c and r are added, where their difference is meant": made + spikes,
        "this is twice what is asked for": 2 * expected,
        "it was divided by its norm: leave it as it is": expected / np.linalg.norm(expected),
    }
    expect_close(
        found, expected, "the gradient", rtol=1e-5, atol=1e-6 * np.abs(expected).max(),
        misconceptions=mistakes, hint="scipy.optimize.check_grad compares it with your negloglike_lnp.",
    )  # fmt: skip


# fit_lnp


@check("fit_lnp", points=0.1)
def a_fit_has_one_weight_per_pixel(fit_lnp, rng):
    """The result is the weights themselves: an array of shape (D²,) or (D, D), finite, for any D."""
    for D in (3, 5):
        c, s = recording(rng, D, 2000, DT, R)
        found = read_fit(fit(fit_lnp, c, s, DT, R), D)
        expect_true(
            np.ptp(found) > 0, f"All weights are {found[0]:g}: the optimiser did not move. {SOLVER}"
        )


@check("fit_lnp", points=0.2)
def no_other_weights_are_more_likely(fit_lnp, rng):
    """At the fitted weights −Σ log P(c) is flat: no slope is above 1 % of the largest one at w = 0 (or they are within .01 nats of the minimum)."""
    for D, nT in ((3, 500), (5, 2000)):
        c, s = recording(rng, D, nT, DT, R)
        expect_minimum(fit(fit_lnp, c, s, DT, R), c, s, DT, R)


@check("fit_lnp", points=0.2)
def the_fit_arrives_among_225_weights_too(fit_lnp, rng):
    """For 15 × 15 pixels and 1000 bins, too, no slope is above 1 % of the largest one at w = 0; it may take 60 s."""
    s = rng.choice([-2.5, 2.5], (225, 1000))
    y, x = np.mgrid[:15, :15] - rng.uniform(6, 8, (2, 1, 1))
    w = 0.045 * np.exp(-(x**2 + y**2) / 7)
    c = rng.poisson(expected_counts(w.ravel(), s, DT, R))
    with limit(seconds=60):  # without the gradient it takes 6 s, on a busy machine more
        found = fit(fit_lnp, c, s, DT, R)
    expect_minimum(found, c, s, DT, R)


@check("fit_lnp", points=0.2)
def a_fit_takes_dt_and_R_as_passed(fit_lnp, rng):
    """The fit is that of r = exp(wᵀs)·dt·R with the `dt` and `R` passed; without them they are .1 s and 50 Hz."""
    for given in ((0.02, 60.0), (0.5, 30.0), ()):
        c, s = recording(rng, 3, 1500, *(given or (DT, R)))
        expect_minimum(fit(fit_lnp, c, s, *given), c, s, *(given or (DT, R)))


def fit(fit_lnp, c, s, *given):
    """Call the answer; where it stumbles over a size, say where the right one stands."""
    with hint_if_raised(f"Here s has {len(s)} rows: take D² from it, len(s).", "ValueError"):
        return fit_lnp(c, s, *given)


@contextlib.contextmanager
def hint_if_raised(hint, error_type):
    """Add a hint to the message of an answer that raised this type of error."""
    try:
        yield
    except CheckFailed as error:
        if f" raised {error_type}" not in str(error):
            raise
        raise CheckFailed(f"{error} {hint}") from None


def recording(rng, D, nT, dt, R):
    """Counts (nT,) of a neuron and its stimulus (D², nT), here of pixels with any brightness."""
    y, x = np.mgrid[:D, :D] - D // 2
    w = 0.5 * np.exp(-(x**2 + (y - 1) ** 2) / 2) - 0.1
    s = rng.normal(0, 0.8, (D * D, nT))
    return rng.poisson(expected_counts(w.ravel(), s, dt, R)), s


def read_fit(value, D):
    """Read fitted weights, flat or as an image, and return them flat (D²,)."""
    if isinstance(value, dict):
        raise CheckFailed(
            "The fit is what the optimiser says about it, not the weights: return `result.x`."
        )
    if isinstance(value, Real):
        raise CheckFailed(
            "This is a single number: return the weights, `result.x`, not how low L is there, `result.fun`."
        )
    image = np.shape(value) == (D, D) if isinstance(value, (np.ndarray, list)) else False
    what, hint = "the fitted weights", f"Here s has {D * D} rows: take D² from it. {ONE_AXIS}"
    shape = (D, D) if image else (D * D,)
    found = expect_array(value, what, shape=shape, finite=False, hint=hint)
    return expect_array(found, what, hint=DIVERGED).ravel()


def expect_minimum(value, c, s, dt, R, slope=slope):
    """Expect fitted weights to minimise −Σ log P(c); `slope` is its gradient."""
    D = round(len(s) ** 0.5)
    w = read_fit(value, D)
    with np.errstate(all="ignore"):  # of weights far off, exp overflows
        start = np.abs(slope(0 * w, c, s, dt, R)).max()

        def left(w, dt=dt, R=R):
            found = np.abs(slope(w, c, s, dt, R)).max() / start
            return found if np.isfinite(found) else np.inf

        found = left(w)
        if found <= FLAT or above_minimum(w, c, s, dt, R, slope) <= GAP:
            return
        sta = s @ c / c.sum()
        hints = {
            "These are minus the best weights: do not turn the sign of result.x, and minimise the negative"
            " log-likelihood.": left(-w) <= FLAT,
            "These would be the best weights without Δt·R in r: pass dt and R on to your functions.": (
                left(w, 1.0, 1.0) <= FLAT
            ),
            "These would be the best weights for dt = .1 and R = 50: pass the dt and R you are given on to your"
            " functions, with args=(c, s, dt, R).": left(w, DT, 50) <= FLAT,
            "Rows and columns of the weights are swapped.": left(w.reshape(D, D).T.ravel()) <= FLAT,
            DIVERGED: found > 1e6,
            "All weights are equal: the optimiser did not move. " + SOLVER: np.ptp(w) == 0,
            f"The weights have norm 1: {AS_THEY_ARE}": np.isclose(np.linalg.norm(w), 1),
            f"The weights add up to 1: {AS_THEY_ARE}": np.isclose(w.sum(), 1),
            "This is the average stimulus before a spike, up to a factor: it is a good start, but the minimum"
            " is elsewhere.": np.corrcoef(w, sta)[0, 1] > 1 - 1e-9,
            SOLVER: True,
        }
    hint = next(sentence for sentence, holds in hints.items() if holds)
    size = f"{found:.3g} times" if found < 1e6 else "more than a million times"
    raise CheckFailed(
        f"The fitted weights are no minimum of the negative log-likelihood (dt = {dt:g}, R = {R:g}): the largest"
        f" slope there is {size} as large as at w = 0; at most {FLAT:g} times is asked for. {hint}"
    )


def above_minimum(w, c, s, dt, R, slope):
    """How far −Σ log P(c) is above its minimum (nats), if it is a parabola between w and there."""
    g, r = slope(w, c, s, dt, R), expected_counts(w, s, dt, R)
    H = (s * r) @ s.T
    if not (np.isfinite(g).all() and np.isfinite(H).all()):
        return np.inf
    return g @ np.linalg.lstsq(H, g)[0] / 2
