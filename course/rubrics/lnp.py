"""Hidden checks of lab 04, LNP: a neuron you can fit."""

import numpy as np
from scipy import stats

from helpers.checks import (
    FALSE_ALARM,
    check,
    expect_close,
    expect_true,
    expect_within,
)
from helpers.checks.lnp import (
    compare,
    expect_gradient,
    expect_minimum,
    expect_poisson,
    expect_rates,
    expect_share,
    expect_two_values,
    expected_counts,
    read_fit,
    read_gradient,
    read_likelihood,
    read_sample,
)

FROM_START = "Is every count drawn for the stimulus of its own bin?"


def neuron(rng, D, height):
    """Weights (D²,) of a broad receptive field, off centre, with some noise: ‖w‖ is `height`."""
    y, x = np.mgrid[:D, :D] - (D - 1) / 2 - rng.uniform(-0.1, 0.2, (2, 1, 1)) * D
    w = np.exp(-(x**2 + y**2) / (2 * (D / 5) ** 2)) + rng.normal(0, 0.05, (D, D))
    return (height * w / np.linalg.norm(w)).ravel()


def recording(rng, D, nT, dt, R, s_i=5.0, height=0.15):
    """Weights (D²,), counts (nT,) and a checkerboard (D², nT) of ±s_i/2."""
    w = neuron(rng, D, height)
    s = rng.choice([-s_i / 2, s_i / 2], (D * D, nT))
    return w, rng.poisson(expected_counts(w, s, dt, R)), s


def gradient(w, c, s, dt, R):
    """The gradient of the negative log-likelihood, in closed form."""
    return s @ (expected_counts(w, s, dt, R) - c)


def fresh(rng):
    """A seed nobody has tried."""
    return int(rng.integers(1, 10**6))


# Quiet and busy neurons, few bins and many: D, nT, dt, R.
NEURONS = ((2, 1, 0.1, 50.0), (3, 2000, 0.01, 6.0), (6, 300, 0.05, 400.0), (1, 50, 2.0, 0.5))


# sample_lnp


@check("sample_lnp", points=0.25)
def the_average_stimulus_before_a_spike_is_known(sample_lnp, rng):
    """Averaged over spikes, pixel i is a·tanh(a·w[i]), and the mean count is dt·R·Π cosh(a·w[i]), with a = s_i/2 (false alarms: 2 in a million)."""
    D, nT, dt, R, s_i = 5, 6000, 0.02, 300.0, 3.0
    a, w = s_i / 2, neuron(rng, 5, 0.3)
    c, r, s = read_sample(sample_lnp(w, nT, dt, R, s_i, random_seed=fresh(rng)), D, nT)
    expect_two_values(s, s_i)
    expect_rates(r, w, s, dt, R)
    mean, square = (dt * R) ** np.array([1, 2]) * np.cosh(np.outer([1, 2], a * w)).prod(axis=1)
    z = stats.norm.isf(FALSE_ALARM / 2)
    margin = z * np.sqrt((square - mean**2 + mean) / nT)
    expect_within(c.mean(), mean - margin, mean + margin, "the mean count", hint=FROM_START)
    z = stats.norm.isf(FALSE_ALARM / 2 / D**2)
    margin = z * a * np.sqrt((square / mean**2 + 1 / mean) / nT)
    sta = a * np.tanh(a * w)
    expect_within(
        s @ c / c.sum(), sta - margin, sta + margin, "the average stimulus before a spike",
        misconceptions={"the stimulus has another sign than the counts see": -sta}, hint=FROM_START,
    )  # fmt: skip


@check("sample_lnp", points=0.2)
def quiet_and_busy_neurons_are_poisson(sample_lnp, rng):
    """Counts of about 1 and of about 40 per bin: mean, variance and distribution are Poisson given r."""
    for D, dt, R, s_i in ((4, 0.05, 25.0, 2.0), (3, 0.2, 200.0, 5.0)):
        w = neuron(rng, D, 0.5 / (s_i / 2))
        c, _, s = read_sample(sample_lnp(w, 4000, dt, R, s_i, random_seed=fresh(rng)), D, 4000)
        expect_poisson(rng, c, w, s, dt, R)


@check("sample_lnp", points=0.2)
def pixels_and_frames_are_independent(sample_lnp, rng):
    """No two pixels and no two nearby bins agree more often than by chance (false alarms: 2 in a million)."""
    s = (
        read_sample(
            sample_lnp(np.full(36, 0.02), 3000, 0.1, 50, 1, random_seed=fresh(rng)), 6, 3000
        )[2]
        > 0
    )
    for lag in (2, 3, 10):
        expect_share(
            s[:, lag:] == s[:, :-lag], f"of the pixels have the same value {lag} bins later",
            "Draw a new frame for every bin.",
        )  # fmt: skip
    # The agreements of two fair coins are fair coins again: their number is binomial.
    i, j = np.triu_indices(36, 1)
    agree = (s[i] == s[j]).sum(axis=1)
    tail = FALSE_ALARM / 2 / len(i)
    low, high = stats.binom.ppf(tail, 3000, 0.5), stats.binom.isf(tail, 3000, 0.5)
    worst = int(np.abs(agree - 1500).argmax())
    expect_true(
        low <= agree[worst] <= high,
        f"Pixels {i[worst]} and {j[worst]} have the same value in {agree[worst]} of 3000 bins, where 1500 are"
        " expected: draw every pixel on its own.",
    )


# negloglike_lnp


@check("negloglike_lnp", points=0.3)
def the_likelihood_is_right_in_full_size(negloglike_lnp, rng):
    """15 × 15 pixels and 1,000 bins: differences between w as −Σ log P(c) has them."""
    w, c, s = recording(rng, 15, 1000, 0.1, 50)
    for other in (0 * w, w + rng.normal(0, 0.02, 225), w[::-1]):
        compare(negloglike_lnp, w, other, c, s, 0.1, 50)


@check("negloglike_lnp", points=0.2)
def the_likelihood_of_quiet_and_busy_neurons(negloglike_lnp, rng):
    """One bin or thousands, one spike in all or hundreds in every bin."""
    for D, nT, dt, R in NEURONS:
        w, c, s = recording(rng, D, nT, dt, R)
        compare(negloglike_lnp, w, rng.normal(0, 0.1, D * D), c, s, dt, R)


@check("negloglike_lnp", points=0.2)
def the_true_weights_are_more_likely(negloglike_lnp, rng):
    """The true w has a smaller negative log-likelihood than 0, −w and 2w (false alarms: below one in a million)."""
    w, c, s = recording(rng, 8, 2000, 0.1, 80)
    mine, *others = (
        read_likelihood(negloglike_lnp(x, c, s, 0.1, 80), x, c, s, 0.1, 80)
        for x in (w, 0 * w, -w, 2 * w)
    )
    for name, other in zip(("w = 0", "−w", "2w"), others, strict=True):
        expect_true(
            mine < other,
            f"The weights with which the counts were made are less likely than {name}: is the sign that of the"
            " negative log-likelihood, and is r right?",
        )
    compare(negloglike_lnp, w, 2 * w, c, s, 0.1, 80)


# deriv_negloglike_lnp


@check("deriv_negloglike_lnp", points=0.3)
def the_gradient_is_right_in_full_size(deriv_negloglike_lnp, rng):
    """15 × 15 pixels and 1,000 bins: at the truth, at 0 and elsewhere."""
    w, c, s = recording(rng, 15, 1000, 0.1, 50)
    for x in (w, 0 * w, rng.normal(0, 0.03, 225)):
        expected = gradient(x, c, s, 0.1, 50)
        expect_gradient(deriv_negloglike_lnp(x, c, s, 0.1, 50), x, c, s, 0.1, 50, expected)


@check("deriv_negloglike_lnp", points=0.2)
def the_gradient_changes_as_the_curvature_says(deriv_negloglike_lnp, rng):
    """From one w to a close one it changes by the Hessian s·diag(r)·sᵀ times the step: symmetric, and never downhill."""
    dt, R, h = 0.05, 120.0, 1e-4
    w, c, s = recording(rng, 4, 400, dt, R)
    H = (s * expected_counts(w, s, dt, R)) @ s.T
    up, down = (
        [read_gradient(deriv_negloglike_lnp(w + e, c, s, dt, R), 4) for e in step * np.eye(16)]
        for step in (h, -h)
    )
    found = (np.array(up) - down) / (2 * h)
    expect_close(
        found, H, "the change of the gradient per step", rtol=1e-5, atol=1e-5 * np.abs(H).max(),
        misconceptions={
            "the sign of the gradient is turned": -H,
            "the gradient is a mean over bins: take the sum": H / 400,
            "Δt·R is missing in r": H / (dt * R),
            "the gradient does not depend on w: r is missing in it": 0 * H,
        },
    )  # fmt: skip


@check("deriv_negloglike_lnp", points=0.2)
def the_gradient_of_quiet_and_busy_neurons(deriv_negloglike_lnp, rng):
    """One bin or thousands, one spike in all or hundreds in every bin."""
    for D, nT, dt, R in NEURONS:
        _, c, s = recording(rng, D, nT, dt, R)
        w = rng.normal(0, 0.1, D * D)
        expected = gradient(w, c, s, dt, R)
        expect_gradient(deriv_negloglike_lnp(w, c, s, dt, R), w, c, s, dt, R, expected)


# fit_lnp


@check("fit_lnp", points=0.15)
def fits_of_quiet_and_busy_neurons_are_minima(fit_lnp, rng):
    """Half a spike per bin, and twenty: no slope is above 1 % of the largest one at w = 0."""
    for D, nT, dt, R in ((8, 2000, 0.02, 30.0), (6, 400, 0.05, 400.0)):
        _, c, s = recording(rng, D, nT, dt, R)
        expect_minimum(fit_lnp(c, s, dt, R), c, s, dt, R, slope=gradient)


@check("fit_lnp", points=0.15)
def the_truth_is_as_near_as_theory_says(fit_lnp, rng):
    """Twice the log-likelihood by which the fit is better than the truth follows χ² with D² degrees of freedom (false alarms: one in a million)."""
    dt, R = 0.04, 90.0
    w, c, s = recording(rng, 4, 3000, dt, R, s_i=3.0, height=0.4)
    found = read_fit(fit_lnp(c, s, dt, R), 4)
    expect_minimum(found, c, s, dt, R, slope=gradient)
    r, fitted = expected_counts(w, s, dt, R), expected_counts(found, s, dt, R)
    gain = 2 * (np.sum(r - fitted) - c @ ((w - found) @ s))
    expect_within(
        gain, 0, stats.chi2.isf(FALSE_ALARM, 16), "twice the gain in log-likelihood over the truth",
        hint="Are these the weights of these counts?",
    )  # fmt: skip
