"""What a student can check in lab 08, deconvolution: spikes that overlap."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from . import (
    CheckFailed,
    check,
    expect_array,
    expect_close,
    expect_increasing,
    expect_number,
    expect_reproducible,
    expect_results,
    expect_true,
    fixture,
    limit,
    same,
)

CLOSE = 1e-4  # relative to the largest value: single precision will do
SEEDS = range(5)  # starts, of which the best counts
ENOUGH = 0.9  # of the spikes
DIVERGED = (
    "The fit diverged: its numbers became infinite. One spike has one amplitude, at a peak of the score, and peaks are at"
    " least D apart; if every sample above λσ² gets one, a spike is explained many times over."
)
SLACK = 1e-7  # of the log joint: rounding
NEAR = 2  # samples by which a spike may be off

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "update_waveform": "random data of other sizes",
    "update_amplitudes": "random data of other sizes, and a prior that leaves everything or nothing",
    "log_joint": "random data of other sizes, σ and λ",
    "fit_seminmf": "data of other sizes, with other λ and σ, and more neurons than are there",
    "score_templates": "other sizes, one template, templates as long as the data or one sample wide",
    "update_template": "targets with more contacts than samples and the other way round, and other ranks",
    "fit_deconvolution": "more contacts and templates of rank 2, another λ and σ, and false spikes",
}

# update_waveform


@check("update_waveform", points=0.3)
def bins_are_weighted_with_the_amplitudes(update_waveform, rng):
    """The waveform is R a, made length 1."""
    R, a = rng.normal(0, 1, (6, 40)), rng.exponential(1, 40) * (rng.random(40) < 0.5)
    expect_waveform(update_waveform(R, a), R, a)


@check("update_waveform", points=0.2)
def the_length_is_one_whatever_the_unit(update_waveform, rng):
    """Data or amplitudes a thousand times larger or smaller give the same waveform, of length 1."""
    R, a = rng.normal(0, 1, (5, 30)), rng.exponential(1, 30)
    for unit in (1e-3, 1e3):
        expect_waveform(update_waveform(unit * R, a / unit**2), unit * R, a / unit**2)


@check("update_waveform", points=0.2)
def data_of_one_neuron_give_its_waveform(update_waveform, rng):
    """Without noise, where R = w aᵀ, the result is w, with its sign."""
    w, a = unit(rng.normal(0, 1, 7)), rng.exponential(1, 50)
    expect_waveform(update_waveform(np.outer(w, a), a), np.outer(w, a), a)


def unit(x):
    """Make a vector or matrix length 1, if it is not all 0."""
    return x / (np.linalg.norm(x) or 1.0)


def expect_waveform(value, R, a):
    """Expect R a / ‖R a‖."""
    g = R @ a
    mistakes = {
        "R a was not made length 1": g,
        "R a was divided by Σa, not by its own length": g / a.sum(),
        "R a was divided by Σa² (least squares), not by its own length": g / (a @ a),
        "R a was divided by the length of a, not by its own": g / np.linalg.norm(a),
        "R a was divided by the number of bins": g / len(a),
        "R a was divided by the sum of its elements, not by its length": g / g.sum(),
        "R a was divided by the sum of the sizes of its elements, not by its length": g
        / np.abs(g).sum(),
        "R a was divided by its largest element, not by its length": g / np.abs(g).max(),
        "R a was divided by its squared length: take the root": g / (g @ g),
        "the sign is turned": -unit(g),
        "negative elements were set to 0: only amplitudes cannot be negative": unit(
            np.maximum(g, 0)
        ),
        "all bins count alike: weight each with its amplitude": unit(R.sum(axis=1)),
        "all bins with a spike count alike: weight each with its amplitude": unit(R @ (a > 0)),
    }
    w = expect_vector(value, "w", len(R), "Return one number for each contact (row of R).")
    scale = CLOSE * np.abs(unit(g)).max()
    expect_close(w, unit(g), "w", rtol=CLOSE, atol=scale, misconceptions=mistakes)


def expect_vector(value, what, n, hint):
    """Read n numbers; a table of them would break what is computed from it later."""
    x = expect_array(value, what, finite=False, hint=hint)
    if x.ndim > 1 and x.size == n:
        hint = f"Take its single row or column, for example with .ravel(). {hint}"
    return expect_array(x, what, shape=(n,), hint=hint)


# update_amplitudes


@check("update_amplitudes", points=0.25)
def amplitudes_are_shrunk_products(update_amplitudes, rng):
    """Where Rᵀw is above λσ², the amplitude is Rᵀw − λσ²."""
    w, a = unit(rng.normal(0, 1, 6)), rng.uniform(4, 9, 30)
    R = np.outer(w, a) + rng.normal(0, 0.1, (6, 30))
    expect_amplitudes(update_amplitudes(R, w, 1.5, 1.0), R, w, 1.5, 1.0)


@check("update_amplitudes", points=0.2)
def amplitudes_are_never_negative(update_amplitudes, rng):
    """Where Rᵀw does not reach λσ², the amplitude is exactly 0."""
    w, R = unit(rng.normal(0, 1, 6)), rng.normal(0, 2, (6, 50))
    expect_amplitudes(update_amplitudes(R, w, 1.0, 1.0), R, w, 1.0, 1.0)


@check("update_amplitudes", points=0.25)
def the_threshold_grows_with_the_variance(update_amplitudes, rng):
    """λ is multiplied with σ², not with σ."""
    w, R = unit(rng.normal(0, 1, 6)), rng.normal(0, 4, (6, 50))
    for lam, sigma in ((0.5, 2.0), (3.0, 0.5)):
        expect_amplitudes(update_amplitudes(R, w, lam, sigma), R, w, lam, sigma)


def expect_amplitudes(value, R, w, lam, sigma):
    """Expect max(0, Rᵀw − λσ²)."""
    x, threshold = R.T @ w, lam * sigma**2
    mistakes = {
        "λσ² was not subtracted": np.maximum(0, x),
        "negative ones were not set to 0": x - threshold,
        "neither was λσ² subtracted nor negative ones set to 0": x,
        "λσ² was added: the prior makes amplitudes smaller": np.maximum(0, x + threshold),
        "amplitudes above λσ² were kept as they are: subtract it": np.where(x > threshold, x, 0),
        "large negative ones were kept: amplitudes are never negative": np.sign(x)
        * np.maximum(np.abs(x) - threshold, 0),
        "the size of Rᵀw was taken": np.maximum(np.abs(x) - threshold, 0),
        "the size was taken in place of 0": np.abs(x - threshold),
        "λσ² was subtracted after negative ones were set to 0": np.maximum(0, x) - threshold,
        "λσ was subtracted: σ is squared": np.maximum(0, x - lam * sigma),
        "λ was subtracted, without σ²": np.maximum(0, x - lam),
        "λσ²/2 was subtracted": np.maximum(0, x - threshold / 2),
        "λ/σ² was subtracted: multiply": np.maximum(0, x - lam / sigma**2),
        "σ²/λ was subtracted: multiply": np.maximum(0, x - sigma**2 / lam if lam else x),
        "the result was divided by σ²": np.maximum(0, x - threshold) / sigma**2,
    }
    hint = "Return one amplitude for each bin (column of R)."
    a = expect_vector(value, "a", R.shape[1], hint)
    mistakes = {
        s: v for s, v in mistakes.items() if not np.allclose(v, np.maximum(0, x - threshold))
    }
    expect_close(
        a,
        np.maximum(0, x - threshold),
        "a",
        CLOSE,
        CLOSE * np.abs(x).max(),
        misconceptions=mistakes,
    )


# log_joint


@check("log_joint", points=0.25)
def the_likelihood_is_that_of_normal_noise(log_joint, rng):
    """With λ = 1 and no spikes only the likelihood is left: the sum of the log densities of all data."""
    X, W = rng.normal(0, 2, (4, 25)), random_waveforms(rng, 4, 2)
    expect_log_joint(
        log_joint(X, W, np.zeros((25, 2)), 1.0, 1.7), X, W, np.zeros((25, 2)), 1.0, 1.7
    )


@check("log_joint", points=0.2)
def amplitudes_pay_for_their_size(log_joint, rng):
    """Where spikes explain everything, the prior makes the difference: ln λ − λa for each amplitude, zeros as well."""
    W, A = random_waveforms(rng, 5, 3), rng.exponential(1, (30, 3)) * (rng.random((30, 3)) < 0.4)
    expect_log_joint(log_joint(W @ A.T, W, A, 2.5, 1.0), W @ A.T, W, A, 2.5, 1.0)


@check("log_joint", points=0.25)
def both_parts_add_up(log_joint, rng):
    """The whole log joint of random data, a few or thousands, with σ that is not 1."""
    W, A = random_waveforms(rng, 6, 3), rng.exponential(2, (40, 3))
    X = W @ A.T + rng.normal(0, 0.6, (6, 40))
    expect_log_joint(log_joint(X, W, A, 0.4, 0.6), X, W, A, 0.4, 0.6)
    W, A = random_waveforms(rng, 20, 2), rng.exponential(2, (400, 2))
    X = W @ A.T + rng.normal(0, 1.5, (20, 400))
    expect_log_joint(log_joint(X, W, A, 0.4, 1.5), X, W, A, 0.4, 1.5)


def random_waveforms(rng, n_channels, n_neurons):
    """Columns of length 1."""
    W = rng.normal(0, 1, (n_channels, n_neurons))
    return W / np.linalg.norm(W, axis=0)


def joint(X, W, A, lam, sigma):
    """ln p(X | W, A) and ln p(A)."""
    squares = np.sum((X - W @ A.T) ** 2)
    likelihood = -X.size / 2 * np.log(2 * np.pi * sigma**2) - squares / (2 * sigma**2)
    return likelihood, A.size * np.log(lam) - lam * A.sum()


def expect_log_joint(value, X, W, A, lam, sigma):
    """Expect ln p(X | W, A) + ln p(A)."""
    likelihood, prior = joint(X, W, A, lam, sigma)
    squares, total, size = np.sum((X - W @ A.T) ** 2), A.sum(), np.log(2 * np.pi * sigma**2)
    expected, T = likelihood + prior, X.shape[1]
    mistakes = {
        "the sign is turned: this is the negative log joint": -expected,
        "the prior of the amplitudes is missing": likelihood,
        "the likelihood is missing": prior,
        "the constants of the normal density are missing": prior - squares / (2 * sigma**2),
        "the constant ln λ is missing, once for each amplitude": likelihood - lam * total,
        "all constants are missing": -squares / (2 * sigma**2) - lam * total,
        "ln λ is there once, not for each amplitude": likelihood + np.log(lam) - lam * total,
        "ln λ is there once for each bin, not for each amplitude": likelihood
        + T * np.log(lam)
        - lam * total,
        "ln λ is there only for amplitudes above 0": likelihood
        + np.sum(A > 0) * np.log(lam)
        - lam * total,
        "amplitudes are rewarded: the exponential density falls, −λa": likelihood
        + A.size * np.log(lam)
        + lam * total,
        "λ is taken for the mean of the amplitudes: it is 1/λ": likelihood
        - A.size * np.log(lam)
        - total / lam,
        "the normal density's constant is there once for each bin, not for each of the N·T data": prior
        - T / 2 * size
        - squares / (2 * sigma**2),
        "the normal density's constant is there only once": prior
        - size / 2
        - squares / (2 * sigma**2),
        "½ is missing before the squared errors": prior - X.size / 2 * size - squares / sigma**2,
        "the squared errors are divided by 2σ, not 2σ²": prior
        - X.size / 2 * size
        - squares / (2 * sigma),
        "the constant has σ in place of σ²": prior
        - X.size / 2 * np.log(2 * np.pi * sigma)
        - squares / (2 * sigma**2),
        "σ² was used as standard deviation: scipy's norm takes σ": prior
        - X.size * np.log(np.sqrt(2 * np.pi) * sigma**2)
        - squares / (2 * sigma**4),
        "the constant has no ½": prior - X.size * size - squares / (2 * sigma**2),
        "the mean was taken over the data, not the sum": likelihood / X.size + prior,
        "means were taken, not sums": likelihood / X.size + prior / A.size,
        "the root of the squared errors was taken": prior
        - X.size / 2 * size
        - np.sqrt(squares) / (2 * sigma**2),
        "this is the joint probability: return its logarithm": np.exp(np.clip(expected, -700, 300)),
        "the logarithm is to base 10": expected / np.log(10),
        "the logarithm is to base 2": expected / np.log(2),
    }
    mistakes = {s: v for s, v in mistakes.items() if not np.isclose(v, expected, rtol=1e-3)}
    hint = "Add up over all data and all amplitudes."
    number = expect_number(value, "the log joint", finite=False, hint=hint)
    expect_true(
        np.isfinite(number),
        f"The log joint of {X.size} data is {number:g}. A product of so many densities is smaller than the"
        " smallest number a computer has, or larger than the largest: add up their logarithms instead.",
    )
    expect_close(number, expected, "the log joint", rtol=1e-5, misconceptions=mistakes)


# fit_seminmf


@check("fit_seminmf", points=0.1)
def the_data_stay_as_they_are(fit_seminmf, rng):
    """X is not changed: a second fit of the same array finds the same."""
    X, _, _ = summed_bins(rng, n_bins=100)
    expect_untouched(fit_seminmf, X, 3, 1.0, 1.0, 3, 0)


@check("fit_seminmf", points=0.1)
def the_seed_makes_the_start(fit_seminmf, rng):
    """The same random_seed gives the same fit, another one another start."""
    X, _, _ = summed_bins(rng, n_bins=100)
    expect_seeds_count(fit_seminmf, X, 3, 1.0, 1.0, 1)


@check("fit_seminmf", points=0.1)
def waveforms_amplitudes_and_log_joints_come_back(fit_seminmf, rng):
    """W (N, K) with columns of length 1, A (T, K) without negative ones, and n_iters log joints."""
    X, _, _ = summed_bins(rng)
    for n_iters in (12, 60):
        read_seminmf(fit_seminmf.once(X, 3, 1.0, 1.0, n_iters, 0), X, 3, n_iters)


@check("fit_seminmf", points=0.35)
def the_log_joint_never_falls(fit_seminmf, rng):
    """From one iteration to the next the log joint grows or stays, apart from rounding, for each of five seeds."""
    X, _, _ = summed_bins(rng)
    expect_untouched(fit_seminmf, X, 3, 1.0, 1.0, 3, 0)  # it would look like a fall
    for seed in SEEDS:
        value = fit_seminmf.once(X, 3, 1.0, 1.0, 60, seed)
        expect_climb(read_seminmf(value, X, 3, 60)[2], seed)
    expect_progress(fit_seminmf, X, 1.0, 1.0, 60)


@check("fit_seminmf", points=0.25)
def the_last_log_joint_is_that_of_the_result(fit_seminmf, rng):
    """The last of the log joints belongs to the W and A that come back, after 1, 2 or 3 iterations and with any λ and σ."""
    X, _, _ = summed_bins(rng)
    for n_iters, lam, sigma in ((1, 1.0, 1.0), (2, 0.5, 1.5), (3, 2.0, 0.8)):
        value = fit_seminmf(X, 3, lam, sigma, n_iters, 0)
        expect_last(read_seminmf(value, X, 3, n_iters), X, lam, sigma)
    expect_progress(fit_seminmf, X, 1.0, 1.0, 3)


@check("fit_seminmf", points=0.4)
def the_best_start_finds_the_waveforms(fit_seminmf, rng):
    """Of five seeds the one with the highest log joint finds the true waveforms, in any order, and is more probable than the truth."""
    X, W, A = summed_bins(rng)
    fits = [read_seminmf(fit_seminmf.once(X, 3, 1.0, 1.0, 60, s), X, 3, 60) for s in SEEDS]
    expect_found(best_fit(fits, X, 1.0, 1.0), W, sum(joint(X, W, A, 1.0, 1.0)), X, 1.0, 1.0)


@check("fit_seminmf", points=0.2)
def dead_neurons_do_no_harm(fit_seminmf, rng):
    """Where λ is so large that no amplitude survives, or most neurons have nothing to do, all results are finite."""
    X, _, _ = summed_bins(rng)
    _, A, climb = read_seminmf(fit_seminmf(X, 2, 1000.0, 1.0, 5, 0), X, 2, 5)
    expect_true(not A.any(), "With λ = 1000 all amplitudes should be 0, but some are not.")
    expect_climb(climb, 0)
    value = fit_seminmf(X[:, :30], 9, 6.0, 1.0, 20, 1)
    expect_climb(read_seminmf(value, X[:, :30], 9, 20)[2], 1)


def summed_bins(rng, n_channels=8, n_neurons=3, n_bins=400, sigma=1.0, size=8.0, active=0.12):
    """Bins with σ of noise, in which neurons with clearly different waveforms are active now and then."""
    basis = np.linalg.qr(rng.normal(0, 1, (n_channels, n_neurons)))[0]
    W = basis + 0.25 * np.roll(basis, 1, axis=1)  # neighbours have a cosine of about ¼
    W /= np.linalg.norm(W, axis=0)
    A = rng.uniform(size, 2 * size, (n_bins, n_neurons)) * (
        rng.random((n_bins, n_neurons)) < active
    )
    return W @ A.T + rng.normal(0, sigma, (n_channels, n_bins)), W, A


def read_seminmf(value, X, n_neurons, n_iters):
    """Read what `fit_seminmf` returned: unit waveforms, amplitudes ≥ 0, and as many log joints as iterations."""
    W, A, climb = expect_results(value, "W", "A", "the log joints")
    hint = "One column for each neuron; one whose amplitudes are all 0 starts anew."
    W = expect_array(W, "W", shape=(len(X), n_neurons), hint=hint)
    A = expect_array(A, "A", shape=(X.shape[1], n_neurons), hint="One column for each neuron.")
    hint = "Return one log joint for each iteration, computed at its end."
    climb = expect_array(climb, "the log joints", finite=False, hint=hint)
    expect_true(
        np.isfinite(climb).all(),
        f"The log joints should be finite, but one is {climb[~np.isfinite(climb)][:1]}: is your log_joint finite"
        f" for {X.size} data, and are there dead neurons?",
    )
    climb = expect_array(climb.ravel(), "the log joints", shape=(n_iters,), hint=hint)
    lengths = np.linalg.norm(W, axis=0)
    k = int(np.abs(lengths - 1).argmax())
    expect_true(
        abs(lengths[k] - 1) < 1e-4,
        f"Each column of W should have length 1, but that of W[:, {k}] is {lengths[k]:.4g}.",
    )
    expect_true(A.min() >= 0, f"Amplitudes are never negative, but the smallest is {A.min():.3g}.")
    return W, A, climb


def expect_untouched(answer, X, *arguments):
    """Expect a second call with the same array to find what the first one found."""
    first = answer(fixture("picture", pixels=X), *arguments)
    again = answer(fixture("picture", pixels=X, again=True), *arguments)
    # A call that draws something else each time differs for another reason, which other checks tell.
    if not same(first, again) and same(first, answer(X, *arguments)):
        raise CheckFailed(
            "Your function changed X: a second fit of the same array, with the same seed, finds something else."
            " R = X is no copy, nor is np.asarray(X) or torch.from_numpy(X): begin with R = X.copy()."
        )


def expect_seeds_count(answer, X, *arguments):
    """Expect the same seed to give the same result, and other seeds not all the same one."""
    first = expect_reproducible(answer, X, *arguments, 0)
    expect_true(
        not all(same(first, answer(X, *arguments, seed)) for seed in SEEDS[1:]),
        f"The seeds 0 to {SEEDS[-1]} give the same result: draw the start from"
        " np.random.default_rng(random_seed), not from a generator with a seed of its own.",
    )


def expect_climb(climb, seed):
    """Expect log joints that never fall but for rounding."""
    falls = np.flatnonzero(np.diff(climb) < -SLACK * np.abs(climb).max())
    looks = ""
    if np.all(np.diff(climb) <= 0):
        looks = " It only falls: are these negative log joints?"
    expect_increasing(
        climb if len(falls) else np.sort(climb),
        f"the log joint (seed {seed})",
        SLACK * np.abs(climb).max(),
        "Is the neuron's own part put back before its update, and taken away after it with the new values?"
        + looks,
    )


def expect_progress(fit_seminmf, X, lam, sigma, n_iters, n_neurons=3):
    """Expect a fit to be more probable after several iterations than after one."""
    first, last = (
        read_seminmf(fit_seminmf.once(X, n_neurons, lam, sigma, n, 0), X, n_neurons, n)
        for n in (1, n_iters)
    )
    first, last = (sum(joint(X, *fit[:2], lam, sigma)) for fit in (first, last))
    expect_true(
        last > first,
        f"W and A are as probable after {n_iters} iterations as after 1: the log joint is {last:.1f} and {first:.1f}. Is"
        " n_iters used, and are W and A updated in every iteration?",
    )


def expect_last(fit, X, lam, sigma):
    """Expect the last log joint to be that of W and A."""
    W, A, climb = fit
    expected = sum(joint(X, W, A, lam, sigma))
    expect_close(
        climb[-1], expected, "the last log joint", rtol=1e-5,
        hint=f"It should be the log joint of the W and A you return, computed at the end of the iteration, with all constants (λ = {lam:g}, σ = {sigma:g}).",
    )  # fmt: skip


def best_fit(fits, X, lam, sigma):
    """The fit with the highest log joint, as we compute it."""
    return max(fits, key=lambda fit: sum(joint(X, *fit[:2], lam, sigma)))


def expect_found(fit, W_true, enough, X, lam, sigma):
    """Expect waveforms that point along the true ones, and a log joint that is high enough."""
    W, A, _ = fit
    cosine = W_true.T @ W
    rows, columns = linear_sum_assignment(-np.abs(cosine))
    turned = cosine[rows, columns]
    reached = sum(joint(X, W, A, lam, sigma))
    if np.abs(turned).min() < 0.97 or reached < enough:
        worst = int(np.abs(turned).argmin())
        raise CheckFailed(
            f"The best of {len(SEEDS)} seeds has a log joint of {reached:.1f}, where {enough:.1f} or more is"
            f" possible; the cosine of the true waveform {worst} with the closest of yours is"
            f" {abs(turned[worst]):.2f}.{_stuck(fit, X, lam, sigma)}"
        )


def _stuck(fit, X, lam, sigma):
    """Why a fit is not at an optimum: a sentence, or what may be the matter."""
    W, A, _ = fit
    R = X - W @ A.T
    if not A.any():
        return " All amplitudes are 0."
    own = R.T @ W + A  # what each waveform would find if only its neuron were missing
    best = np.maximum(0, own - lam * sigma**2)
    if np.abs(best - A).max() > 0.05 * A.max():
        if np.allclose(A, np.maximum(0, X.T @ W - lam * sigma**2), atol=0.05 * A.max()):
            return " The amplitudes were found with the other neurons still in the data: take them away first."
        return " The amplitudes are not the best for these waveforms: did you update both in every iteration?"
    toward = R @ A + W * (A**2).sum(axis=0)
    toward /= np.linalg.norm(toward, axis=0)
    if np.min(np.sum(toward * W, axis=0)) < 0.999:
        return " The waveforms are not the best for these amplitudes: did you update both in every iteration?"
    return (
        " Do different seeds start at different waveforms? Start each neuron at another loud bin."
    )


# score_templates


@check("score_templates", points=0.2)
def there_is_a_score_for_every_template_and_place(score_templates, rng):
    """As many rows as templates, and a column for each place where the whole template fits: T − D + 1."""
    read_scores(score_templates(rng.normal(0, 1, (4, 50)), rng.normal(0, 1, (3, 4, 11))), 3, 40)


@check("score_templates", points=0.3)
def scores_are_products_with_the_data(score_templates, rng):
    """s[k, t] is the sum over contacts n and samples d of R[n, t+d]·W_k[n, d]: not flipped, not normalised."""
    expect_scores(score_templates, rng.normal(0, 1, (5, 60)), rng.normal(0, 1, (3, 5, 9)))
    expect_scores(score_templates, rng.normal(0, 1, (5, 60)), 2 * rng.normal(0, 1, (1, 5, 8)))


@check("score_templates", points=0.2)
def a_lone_spike_scores_its_amplitude(score_templates, rng):
    """Without noise the score of a template of norm 1 peaks where the spike begins, and there it is the amplitude."""
    W = unit(rng.normal(0, 1, (6, 12)))
    R = np.zeros((6, 80))
    R[:, 31:43] = 7.5 * W
    s = read_scores(score_templates(R, W[None]), 1, 69)[0]
    t = int(s.argmax())
    hint = "With a flipped template it peaks elsewhere."
    if t == 68 - 31:
        hint = "Places run backwards: np.correlate takes the data first, then the template."
    expect_true(t == 31, f"A spike at sample 31 has its highest score at {t}. {hint}")
    expect_close(s[31], 7.5, "the score of a spike of amplitude 7.5", rtol=CLOSE)


@check("score_templates", points=0.3)
def long_recordings_take_seconds(score_templates, rng):
    """Ten templates of 40 samples, of rank 2, on 32 contacts and 60,000 samples: in 20 s and 2 GiB at most."""
    R = rng.standard_normal((32, 60_000)).astype(np.float32).astype(float)
    W = np.einsum("knr,krd->knd", rng.normal(0, 1, (10, 32, 2)), rng.normal(0, 1, (10, 2, 40)))
    with limit(seconds=20, memory="2 GiB"):
        s = read_scores(score_templates(R, W), 10, 60_000 - 39)
    at = np.append(rng.integers(0, s.shape[1], 50), [0, s.shape[1] - 1])
    expected = np.array([np.tensordot(W, R[:, t : t + 40], 2) for t in at]).T
    expect_close(s[:, at], expected, "the scores", CLOSE, CLOSE * np.abs(expected).max())


def read_scores(value, n_neurons, n_places):
    """Read scores (n_neurons, n_places)."""
    s = expect_array(value, "the scores", hint="Return an array (K, T − D + 1).")
    hint = "One row for each template, one column for each place where the whole template fits."
    if s.shape == (1, n_neurons, n_places):
        hint = "Take [0] of what conv1d returns."
    elif s.ndim == 2 and s.shape[1] > n_places:
        hint = f"There are too many places: only T − D + 1 = {n_places} have the whole template in the data."
    elif s.ndim == 3:
        hint = "Add up over contacts."
    return expect_array(s, "the scores", shape=(n_neurons, n_places), hint=hint)


def correlation(R, W):
    """Scores by the definition."""
    D = W.shape[2]
    return np.array(
        [np.tensordot(W, R[:, t : t + D], 2) for t in range(R.shape[1] - D + 1)]
    ).T.reshape(len(W), -1)


def expect_scores(score_templates, R, W):
    """Expect the correlation of every template with the data."""
    expected = correlation(R, W)
    s = read_scores(score_templates(R, W), *expected.shape)
    norms = np.linalg.norm(W, axis=(1, 2))[:, None]
    squares = np.sqrt(correlation(R**2, np.ones_like(W)))
    mistakes = {
        "the templates were flipped in time (a convolution): correlate": correlation(
            R, W[:, :, ::-1]
        ),
        "places run backwards: np.correlate takes the data first, then the template": expected[
            :, ::-1
        ],
        "contacts were flipped": correlation(R, W[:, ::-1]),
        "contacts and time were both flipped": correlation(R, W[:, ::-1, ::-1]),
        "the mean over contacts was taken: add them up": expected / len(R),
        "the mean over contacts and samples was taken: add them up": expected / W[0].size,
        "the mean over samples was taken: add them up": expected / W.shape[2],
        "scores were divided by the norm of the template: leave them": expected / norms,
        "scores were divided by the squared norm of the template: leave them": expected / norms**2,
        "scores were divided by the norms of data and template: leave them": expected
        / (norms * squares),
        "the size of the score was taken: leave its sign": np.abs(expected),
        "scores were squared": expected**2,
        "the mean of each contact was subtracted": correlation(R - R.mean(1, keepdims=True), W),
        "only the first contact was used": correlation(R[:1], W[:, :1]),
        "only the largest singular value was kept: templates may have any rank": correlation(
            R, _cut(W, 1)
        ),
        "templates were cut to rank 2: they may have any rank": correlation(R, _cut(W, 2)),
        "the singular values are missing": correlation(R, _cut(W, None)),
        "places are one off": np.roll(expected, 1, axis=1),
        "all rows are those of the last template": np.tile(expected[-1], (len(W), 1)),
    }
    mistakes = {x: v for x, v in mistakes.items() if not np.allclose(v, expected)}
    expect_close(s, expected, "s", CLOSE, CLOSE * np.abs(expected).max(), misconceptions=mistakes)


def _cut(W, rank):
    """Templates of a lower rank, or without their singular values."""
    U, s, V = np.linalg.svd(W, full_matrices=False)
    if rank is None:
        return U @ V
    return np.einsum("knr,kr,krd->knd", U[:, :, :rank], s[:, :rank], V[:, :rank])


# update_template


@check("update_template", points=0.3)
def rank_one_is_the_first_piece(update_template, rng):
    """For rank 1 it is u₁v₁ᵀ of the singular value decomposition."""
    G = noisy_target(rng)
    expect_template(update_template(G, 1), G, 1)


@check("update_template", points=0.3)
def higher_ranks_weigh_the_pieces(update_template, rng):
    """For rank 2 and 3 the pieces are weighted with their singular values, whose squares then add up to 1."""
    for rank in (2, 3):
        G = noisy_target(rng)
        expect_template(update_template(G, rank), G, rank)


@check("update_template", points=0.2)
def norm_and_sign_are_right(update_template, rng):
    """Targets of any size give norm 1, and the template points along the target, not against it."""
    for scale in (1e-3, -50.0):
        G = scale * noisy_target(rng)
        expect_template(update_template(G, 2), G, 2)


@check("update_template", points=0.2)
def a_high_rank_keeps_everything(update_template, rng):
    """If the rank is as large as the target allows, or larger, the template is the target, made norm 1."""
    G = noisy_target(rng)
    for rank in (6, 20):
        expect_template(update_template(G, rank), G, rank)


def noisy_target(rng, n_channels=6, width=15):
    """A target whose pieces have clearly different sizes."""
    U = np.linalg.qr(rng.normal(0, 1, (n_channels, n_channels)))[0]
    V = np.linalg.qr(rng.normal(0, 1, (width, width)))[0]
    rank = min(n_channels, width)
    return U[:, :rank] * (9.0 * 0.6 ** np.arange(rank)) @ V[:rank]


def expect_template(value, G, rank):
    """Expect the closest direction of this rank."""
    U, s, V = np.linalg.svd(G, full_matrices=False)

    def put(weights, first=0):
        kept = slice(first, first + rank)
        return U[:, kept] * np.asarray(weights)[kept] @ V[kept]

    expected = put(s / np.linalg.norm(s[:rank]))
    n = min(len(s) - 1, rank)
    mistakes = {
        "the norm was not made 1": put(s),
        "the target came back as it is": G,
        "the target was made norm 1, but its rank is as it was": unit(G),
        "the singular values were divided by their sum: use the root of the sum of their squares": put(
            s / s[:rank].sum()
        ),
        "the norm is that of all singular values: only those that are kept": put(
            s / np.linalg.norm(s)
        ),
        "the singular values were divided by the sum of their squares: take the root": put(
            s / (s[:rank] @ s[:rank])
        ),
        "the singular values were divided by the largest one": put(s / s[0]),
        "all pieces have the same weight: use the singular values": put(np.ones(len(s))),
        "all pieces have the same weight: use the singular values, and the norm should be 1": put(
            np.full(len(s), 1 / np.sqrt(min(rank, len(s))))
        ),
        "one piece too many was kept": unit(U[:, : rank + 1] * s[: rank + 1] @ V[: rank + 1]),
        "one piece too few was kept": unit(U[:, : rank - 1] * s[: rank - 1] @ V[: rank - 1]),
        "the last pieces were kept, not the first": unit(put(s, n)) if n < len(s) else expected,
        "only the piece number `rank` was kept": unit(np.outer(U[:, n - 1], V[n - 1])),
        "the sign is turned": -expected,
        "each contact was made length 1": expected
        / np.linalg.norm(expected, axis=1, keepdims=True),
        "the norm is the largest singular value, not Frobenius'": put(s / s[0]),
    }
    W = expect_array(value, "W", shape=G.shape, hint="A template has the shape of the target.")
    mistakes = {x: v for x, v in mistakes.items() if not np.allclose(v, expected, atol=1e-6)}
    size = np.linalg.norm(W)
    try:
        expect_close(
            W, expected, "W", CLOSE, CLOSE * np.abs(expected).max(), misconceptions=mistakes
        )
    except CheckFailed as error:
        if "looks as if" in str(error) or abs(size - 1) < 1e-3:
            raise
        raise CheckFailed(f"{error} Its norm is {size:.4g}, but should be 1.") from None


# fit_deconvolution


@check("fit_deconvolution", points=0.1)
def x_stays_as_it_is(fit_deconvolution, rng):
    """X is not changed: a second fit of the same array finds the same."""
    data = overlapping_spikes(rng, n_events=25)
    expect_untouched(with_spikes(fit_deconvolution), *data.arguments(1, 2), 0)


@check("fit_deconvolution", points=0.1)
def each_seed_has_its_start(fit_deconvolution, rng):
    """The same random_seed gives the same spikes, another one another start."""
    data = overlapping_spikes(rng, n_events=25)
    expect_seeds_count(with_spikes(fit_deconvolution), *data.arguments(1, 1))


@check("fit_deconvolution", points=0.2)
def templates_and_amplitudes_are_what_they_should_be(fit_deconvolution, rng):
    """Templates (K, N, D) have norm 1 and at most the rank asked for; amplitudes (K, T − D + 1) are not negative."""
    data = overlapping_spikes(rng)
    for rank in (1, 2):
        _, amplitudes = read_deconvolution(fit_of(fit_deconvolution, data, 0, rank), data, rank)
        expect_true(amplitudes.any(), "There is no spike at all: every amplitude is 0.")


@check("fit_deconvolution", points=0.15)
def spikes_of_a_neuron_are_apart(fit_deconvolution, rng):
    """Two spikes of the same neuron are at least `width` samples apart."""
    data = overlapping_spikes(rng, n_events=40, loud=5.0)
    n_found = []
    for seed in SEEDS[:3]:
        amplitudes = read_deconvolution(fit_of(fit_deconvolution, data, seed), data, 1)[1]
        expect_apart(amplitudes, data.width)
        n_found.append(np.count_nonzero(amplitudes))
    expect_true(
        max(n_found) >= len(data.times) / 2,
        f"Of {len(data.times)} spikes that are far above λσ², {max(n_found)} are found.",
    )


@check("fit_deconvolution", points=0.25)
def one_neuron_settles(fit_deconvolution, rng):
    """A single neuron, with σ = 2 and a template of rank 2: amplitudes and template follow from each other as in steps 4 and 5."""
    data = overlapping_spikes(
        rng, n_neurons=1, width=24, n_events=40, rank=2, lam=2.0, sigma=2.0, spread=0.65
    )
    fit = fit_of(fit_deconvolution, data, 0, rank=2, n_iters=25)
    expect_settled(read_deconvolution(fit, data, 2), data, 2)


@check("fit_deconvolution", points=0.35)
def spikes_that_overlap_are_found(fit_deconvolution, rng):
    """Of five seeds the best finds 90 % of the spikes that overlap with another neuron's, and few that are not there, for three neurons on eight contacts."""
    data = overlapping_spikes(rng)
    expect_overlaps_found(fits_of(fit_deconvolution, data), data)


@check("fit_deconvolution", points=0.3)
def amplitudes_are_shrunk_by_the_prior(fit_deconvolution, rng):
    """An amplitude is the score minus λσ²: for lone spikes about the true amplitude minus λσ²."""
    data = overlapping_spikes(rng)
    expect_shrunk(best_of(fits_of(fit_deconvolution, data), data), data)


class Overlapping:
    """Data for the deconvolution: X, the truth, and what to ask for."""

    def __init__(self, X, templates, times, units, sizes, width, lam, sigma):
        self.X, self.templates, self.width = X, templates, width
        self.times, self.units, self.sizes = times, units, sizes
        self.lam, self.sigma, self.n_neurons = lam, sigma, len(templates)
        apart = np.abs(times[:, None] - times)
        self.overlaps = ((apart < 10) & (units[:, None] != units)).any(axis=1)

    def arguments(self, rank, n_iters):
        """What to call an answer with, the seed left out."""
        return self.X, self.n_neurons, self.width, rank, self.lam, self.sigma, n_iters


def overlapping_spikes(
    rng,
    n_channels=8,
    n_neurons=3,
    width=20,
    n_events=90,
    rank=1,
    lam=5.0,
    sigma=1.0,
    loud=1.0,
    spread=0.1,
):
    """Lone spikes and pairs of them, fewer than ten samples apart, of neurons that are told apart easily."""
    templates = np.array(
        [_template(rng, k, n_channels, n_neurons, width, rank) for k in range(n_neurons)]
    )
    times, units = [], []
    t = width
    for event in range(n_events):
        both = rng.permutation(n_neurons)[: 1 + event % 2]
        times += [t, t + rng.integers(0, 10)][: len(both)]
        units += both.tolist()
        t += rng.integers(int(2.2 * width), 4 * width)
    times, units = np.array(times), np.array(units)
    sizes = (
        loud
        * sigma
        * (20 + 4 * np.arange(n_neurons))[units]
        * rng.uniform(1 - spread, 1 + spread, len(units))
    )
    X = sigma * rng.standard_normal((n_channels, t))
    for t, k, size in zip(times, units, sizes, strict=True):
        X[:, t : t + width] += size * templates[k]
    return Overlapping(X, templates, times, units, sizes, width, lam, sigma)


def _template(rng, k, n_channels, n_neurons, width, rank):
    """A trough and what follows, on contacts around a place of its own; rank 2: later on some contacts."""
    place = (k + rng.uniform(0.35, 0.65)) * n_channels / n_neurons
    share = np.exp(
        -0.5 * ((np.arange(n_channels) + 0.5 - place) / (n_channels / n_neurons / 2)) ** 2
    )
    t, fast = np.arange(width), rng.uniform(1.2, 1.8) + 0.4 * k
    course = [
        0.3 * np.exp(-0.5 * ((t - 3 - late) / 1.2) ** 2)
        - np.exp(-0.5 * ((t - 7 - late) / fast) ** 2)
        + rng.uniform(0.3, 0.5) * np.exp(-0.5 * ((t - 12 - late) / 2.2) ** 2)
        for late in (0, 2)
    ]
    late = (np.arange(n_channels) > place) if rank > 1 else np.zeros(n_channels, bool)
    return unit(share[:, None] * np.where(late[:, None], course[1], course[0]))


def fit_of(fit_deconvolution, data, seed, rank=1, n_iters=20):
    """What an answer returns for these data."""
    return with_spikes(fit_deconvolution.once)(*data.arguments(rank, n_iters), seed)


def with_spikes(fit_deconvolution):
    """The answer; where its numbers grow beyond all bounds, the reason is more use than the error."""

    def call(*arguments):
        try:
            return fit_deconvolution(*arguments)
        except CheckFailed as error:
            if any(word in str(error) for word in ("did not converge", "NaN", "do not sum to 1")):
                raise CheckFailed(f"{DIVERGED} ({error})") from None
            raise

    call.name = "fit_deconvolution"
    return call


def fits_of(fit_deconvolution, data, rank=1):
    """Five fits, read."""
    return [
        read_deconvolution(fit_of(fit_deconvolution, data, seed, rank), data, rank)
        for seed in SEEDS
    ]


def read_deconvolution(value, data, rank):
    """Read what `fit_deconvolution` returned: templates of norm 1 and low rank, amplitudes ≥ 0."""
    templates, amplitudes = expect_results(value, "templates", "amplitudes")
    N, T = data.X.shape
    shape = data.n_neurons, N, data.width
    hint = "(K, N, D), D = width."
    templates = expect_array(templates, "templates", shape=shape, finite=False, hint=hint)
    places = T - data.width + 1
    hint = f"One row for each neuron, one column for each place where a spike can begin: T − D + 1 = {places}."
    shape = data.n_neurons, places
    amplitudes = expect_array(amplitudes, "amplitudes", shape=shape, finite=False, hint=hint)
    expect_true(np.isfinite(templates).all() and np.isfinite(amplitudes).all(), DIVERGED)
    size = amplitudes.max(initial=0)
    expect_true(size < 100 * np.abs(data.X).sum(axis=0).max(), DIVERGED)
    norms = np.linalg.norm(templates, axis=(1, 2))
    k = int(np.abs(norms - 1).argmax())
    expect_true(
        abs(norms[k] - 1) < 1e-3,
        f"Each template should have Frobenius norm 1, but that of templates[{k}] is {norms[k]:.4g}."
        " A neuron without spikes keeps its template, or gets a new one.",
    )
    s = np.linalg.svd(templates, compute_uv=False)
    if rank < s.shape[1]:
        k = int(s[:, rank].argmax())
        expect_true(
            s[k, rank] < 1e-3,
            f"With rank={rank} a template should have at most {rank} singular values that are not 0, but"
            f" number {rank + 1} of templates[{k}] is {s[k, rank]:.2g}: cut new templates too.",
        )
    low = amplitudes.min()
    expect_true(low >= 0, f"Amplitudes are never negative, but the smallest is {low:.3g}.")
    return templates, amplitudes


def expect_apart(amplitudes, width):
    """Expect the spikes of each neuron to be at least `width` apart."""
    for k, a in enumerate(amplitudes):
        gaps = np.diff(np.flatnonzero(a))
        if len(gaps) and gaps.min() < width:
            t = np.flatnonzero(a)[gaps.argmin()]
            raise CheckFailed(
                f"Neuron {k} has spikes at {t} and {t + gaps.min()}, {gaps.min()} apart, but a template has"
                f" {width} samples: pick peaks of the score that are at least {width} apart, and set all old"
                " amplitudes to 0 before."
            )


def expect_settled(fit, data, rank):
    """Expect the amplitudes and the template of a lone neuron to follow from each other."""
    (W,), (a,) = fit
    t = np.flatnonzero(a)
    expect_true(
        len(t) >= ENOUGH * len(data.times),
        f"Only {len(t)} of the {len(data.times)} spikes of a single neuron are found, with λσ² ="
        f" {data.lam * data.sigma**2:g} and spikes of {data.sizes.min():.0f} and more."
        " Are its old spikes put back before it is scored?",
    )
    windows = np.array([data.X[:, i : i + data.width] for i in t])
    score, price = windows.reshape(len(t), -1) @ W.ravel(), data.lam * data.sigma**2
    prices = {
        f"λσ² = {price:g} was not subtracted from the score": 0.0,
        "λ was subtracted, without σ²": data.lam,
        "λσ was subtracted: σ is squared": data.lam * data.sigma,
        "λσ² was subtracted twice": 2 * price,
    }
    expect_close(
        a[t], score - price, "the amplitudes of a lone neuron", 0.02, 0.02 * score.max(),
        misconceptions={sentence: score - p for sentence, p in prices.items()},
        hint="An amplitude is the score of the template you return, minus λσ². Were spikes taken away from the residual"
        " with another template than the one they are put back with?",
    )  # fmt: skip
    targets = {
        "": np.tensordot(a[t], windows, 1),
        "windows were added up without their amplitudes: G = Σ a R[:, t:t+D]": windows.sum(axis=0),
    }
    goals = {sentence: _closest(G, rank) for sentence, G in targets.items()}
    goals["only the first piece was kept: hand on `rank`"] = _closest(targets[""], 1)
    goals["this is the template before it is cut to its rank"] = unit(targets[""])
    expected = goals.pop("")
    expect_close(
        W, expected, "the template of a lone neuron", atol=0.01 * np.abs(expected).max(),
        misconceptions=goals, hint=f"It should be update_template(G, {rank}) for the spikes you return.",
    )  # fmt: skip


def _closest(G, rank):
    """The direction closest to G among matrices of this rank."""
    U, s, V = np.linalg.svd(G, full_matrices=False)
    return unit(U[:, :rank] * s[:rank] @ V[:rank])


def compare(fit, data):
    """For each true spike the fitted one of its neuron, as amplitude or 0, and the number of false spikes.

    Templates may sit anywhere in their window: each pair of neurons is compared at its best shift.
    """
    found = np.zeros((data.n_neurons, data.n_neurons, len(data.times)))
    for k, a in enumerate(fit[1]):
        near = _largest_nearby(a)
        for j in range(data.n_neurons):
            mine = np.flatnonzero(data.units == j)
            at = data.times[mine, None] + np.arange(-data.width, data.width)
            sizes = near[np.clip(at, 0, len(a) - 1)]
            shift = np.sum(sizes > 0, axis=0).argmax() if len(mine) else 0
            found[j, k, mine] = sizes[:, shift]
    counts = (found > 0).sum(axis=2)
    partner = linear_sum_assignment(-counts)[1]
    own = found[np.arange(data.n_neurons), partner].sum(axis=0)
    return own, max(int((fit[1] > 0).sum() - (own > 0).sum()), 0)


def _largest_nearby(a):
    """The largest amplitude within `NEAR` samples of each place."""
    padded = np.pad(a, NEAR)
    return np.max([padded[i : i + len(a)] for i in range(2 * NEAR + 1)], axis=0)


def best_of(fits, data):
    """The fit that finds most spikes, false ones subtracted."""
    return max(fits, key=lambda fit: (compare(fit, data)[0] > 0).sum() - compare(fit, data)[1])


def expect_overlaps_found(fits, data):
    """Expect the best fit to find nearly all spikes that overlap."""
    fit = best_of(fits, data)
    own, false = compare(fit, data)
    recall, alone = (own[data.overlaps] > 0).mean(), (own[~data.overlaps] > 0).mean()
    expect_true(
        recall >= ENOUGH,
        f"The best of {len(fits)} seeds finds {recall:.0%} of the overlapping spikes and {alone:.0%} of the"
        f" lone ones; {ENOUGH:.0%} of the overlapping ones should be found. It has {false} spikes that are not"
        f" there.{_why_lost(fit, fits, data)}",
    )
    total = false + (own > 0).sum()
    expect_true(
        false <= (1 - ENOUGH) * total,
        f"{false} of {total} spikes are not there: only peaks of the score above λσ² are spikes, only what the"
        " other neurons leave over is scored, and templates are updated in every iteration.",
    )


def _why_lost(fit, fits, data):
    """What may be the matter with a fit: a sentence."""
    if not any(a.any() for _, a in fits):
        return (
            " There are no spikes at all: where do templates come from when all amplitudes are 0?"
        )
    if same_fits(fits):
        return " All seeds give the same: draw the start from np.random.default_rng(random_seed)."
    silent = min(int((~a.any(axis=1)).sum()) for _, a in fits)
    if silent:
        return (
            f" {silent} of {data.n_neurons} neurons have no spikes: a neuron without spikes should begin anew,"
            " with a loud piece of what is left over."
        )
    return (
        " Is the neuron's own part put back before its update, and its new part taken away after it? Are both"
        " the amplitudes and the template updated in every iteration?"
    )


def same_fits(fits):
    """Whether several seeds gave the same result."""
    first = fits[0][1]
    return all(np.array_equal(first, a) for _, a in fits[1:])


def expect_shrunk(fit, data):
    """Expect amplitudes of lone spikes to be λσ² smaller than the true ones."""
    own, _ = compare(fit, data)
    lone = (own > 0) & ~data.overlaps
    expect_true(lone.sum() >= 10, "Too few of the lone spikes are found to say how large they are.")
    shrunk = np.median((data.sizes - own)[lone])
    price = data.lam * data.sigma**2
    looks = ""
    if abs(shrunk) < 0.3 * price:
        looks = (
            " Was λσ² not subtracted from the score? Or were spikes taken away from the residual with another template"
            " than the one you return?"
        )
    else:
        looks = " Is the amplitude score − λσ², with the other neurons taken away and a template of norm 1?"
    # A template that is fitted to noise is not quite the true one, which shrinks amplitudes further.
    expect_true(
        0.7 * price <= shrunk <= 1.6 * price,
        f"Lone spikes should come out λσ² = {price:g} smaller than they are, but the median difference is"
        f" {shrunk:.2g}.{looks}",
    )
