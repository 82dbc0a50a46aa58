"""What a student can check in lab 07, mixtures of drifting t-distributions."""

import contextlib
import functools
import inspect
import itertools

import numpy as np
from scipy import stats

from . import (
    CheckFailed,
    NotAnswered,
    check,
    expect_array,
    expect_close,
    expect_reproducible,
    expect_results,
    expect_true,
    expect_within,
    fixture,
    limit,
    same,
)

SETTLED = 2e-3  # of a standard deviation: how far EM may still be from where it stands still
SHAPES = "m (K, d), S (K, d, d), p (K,)"
TRACKS = "m (K, T, d), S (K, d, d), p (K,)"
IN_LOGS = "Stay in logarithms: gammaln, the logarithm of the determinant, ln(1 + δ/ν)."
EXACT = 1e-6  # of a standard deviation: how far one round may be from what the text says
ALONE = "A cluster with fewer than 2d spikes (the sum of its z) keeps its m and S in that round."
FLOOR = "Add floor·I where the smallest eigenvalue of S[k] is below floor, 1e-6·trace(cov(x))/d."
LARGEST = "Subtract the largest ln z of each spike before exp."
NOT_FINITE = ("finite", "NaN", "infinite")  # words by which messages of the library are known
SPENT = ("needed more than", "did not finish", "ended the Python process")

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "t_logpdf": "other dimensions and degrees of freedom, stretched and turned data",
    "fit_mot": "the log-likelihood from round to round, twelve dimensions, the Gaussian limit of several"
    " clusters, and clusters that starve or collapse",
    "smooth_means": "other numbers of blocks and dimensions, stretched and turned data, and long sessions",
    "fit_drifting_mot": "the objective from round to round, several clusters in a session with gaps, one in"
    " twelve dimensions with outliers, and many blocks",
}


def suspecting(task, works):
    """Add to whatever a check says that an earlier answer is wrong, but only where works(it) fails."""

    def suspect(function):
        @functools.wraps(function)
        def checked(**arguments):
            earlier = arguments[task]
            if task not in own:
                del arguments[task]
            try:
                function(**arguments)
            except NotAnswered:
                raise
            except CheckFailed as error:
                said = "" if _is_right(earlier, works) else _SUSPECTED.format(task=task)
                raise type(error)(f"{error}{said}") from None

        own = inspect.signature(function).parameters
        names = dict.fromkeys([*own, task])
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        checked.__signature__ = inspect.Signature([inspect.Parameter(n, kind) for n in names])
        return checked

    return suspect


_SUSPECTED = " Your {task} is not right yet: if it is called here, repair it first."


def _is_right(answer, works):
    try:
        works(answer)
    except NotAnswered:
        return True  # if it is called, the message says so already
    except CheckFailed:
        return False
    return True


def expect_untouched(answer, *arguments, **settings):
    """Expect the arrays that come in to be the same after a call: a second one gives the same."""
    for i, each in enumerate(arguments):
        if np.ndim(each) == 0:
            continue
        first, second = (
            answer(
                *arguments[:i],
                fixture("picture", pixels=each, again=again),
                *arguments[i + 1 :],
                **settings,
            )
            for again in (False, True)
        )
        expect_true(
            same(first, second),
            f"Two calls with the same arrays give different results: the first call changes argument {i + 1} in place,"
            " as x -= …, x[…] = … or np.multiply(…, out=x) do. Make a new array: x = x - ….",
        )


# t_logpdf


@check("t_logpdf", points=0.2)
def one_number_for_every_spike(t_logpdf, rng):
    """The result is an array (n,), also for a single spike and in one dimension; the arrays that come in do not change."""
    for n, d in ((30, 2), (1, 3), (5, 1)):
        x, S = rng.normal(size=(n, d)), np.eye(d)
        expect_logs(t_logpdf(x, np.zeros(d), S, 3.0), x, np.zeros(d), S, 3.0)
    expect_untouched(t_logpdf, rng.normal(2, 1, (9, 3)), np.ones(3), random_covariance(rng, 3), 3.0)


@check("t_logpdf", points=0.3)
def it_is_the_logarithm_of_the_density(t_logpdf, rng):
    """The values are those of scipy.stats.multivariate_t, with S as the scale matrix and all its correlations."""
    S, m = random_covariance(rng, 3), rng.normal(0, 2, 3)
    x = m + rng.normal(0, 3, (40, 3))
    for nu in (3.0, 7.5):
        expect_logs(t_logpdf(x, m, S, nu), x, m, S, nu)


@check("t_logpdf", points=0.2)
def many_degrees_of_freedom_make_a_gaussian(t_logpdf, rng):
    """For ν = 1e7 the values are those of a Gaussian with covariance S, to 1e-4."""
    S, m = random_covariance(rng, 3), rng.normal(0, 2, 3)
    x = m + rng.normal(0, 1.5, (40, 3))
    found = expect_array(t_logpdf(x, m, S, 1e7), "the result", shape=(40,), finite=False)
    gauss = stats.multivariate_normal.logpdf(x, m, S)
    expect_close(found, gauss, "the result", rtol=1e-4, atol=1e-4, hint=_why_not_finite(found),
                 misconceptions=_density_mistakes(x, m, S, 1e7))  # fmt: skip


@check("t_logpdf", points=0.15)
def far_spikes_keep_their_logarithm(t_logpdf, rng):
    """In twelve dimensions, a million standard deviations away, the density underflows but its logarithm is finite."""
    S = random_covariance(rng, 12)
    x = rng.normal(size=(6, 12)) * np.array([1, 1e2, 1e4, 1e6, 1e6, 1e6])[:, None]
    for nu in (4.0, 400.0):
        expect_logs(t_logpdf(x, np.zeros(12), S, nu), x, np.zeros(12), S, nu)


@check("t_logpdf", points=0.15)
def twenty_thousand_spikes_fit_into_memory(t_logpdf, rng):
    """20,000 spikes in twelve dimensions need less than 1 GiB and 10 s."""
    x, S = rng.normal(size=(20_000, 12)), random_covariance(rng, 12)
    advice = "A product (n, d) × (d, n) has 400 million numbers."
    with advising("With 20,000 spikes: ", advice, SPENT), limit(seconds=10, memory="1 GiB"):
        expect_logs(t_logpdf(x, np.zeros(12), S, 4.0), x, np.zeros(12), S, 4.0)


def random_covariance(rng, d, spread=2.0):
    """A covariance with correlations, standard deviations about 1 and condition number at most spread⁴."""
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return (axes * rng.uniform(1 / spread, spread, d) ** 2) @ axes.T


def expect_logs(value, x, m, S, nu, tolerance=1e-6):
    """Expect the log density of a t-distribution, and recognise the usual mistakes."""
    n = len(x)
    found = expect_array(
        value, "the result", shape=(n,), finite=False, hint="One number for each row of x."
    )
    expected = stats.multivariate_t(m, S, nu).logpdf(x).reshape(n)
    expect_close(found, expected, "the result", rtol=tolerance, atol=tolerance, hint=_why_not_finite(found),
                 misconceptions=_density_mistakes(x, m, S, nu))  # fmt: skip


def _why_not_finite(found):
    return "" if np.isfinite(found).all() else IN_LOGS


def _density_mistakes(x, m, S, nu):
    d = x.shape[1]
    right = stats.multivariate_t(m, S, nu).logpdf(x).reshape(len(x))
    delta, log_det = squared_distance(x, m, S), np.linalg.slogdet(S)[1]
    tail = np.log1p(delta / nu)
    flat = stats.multivariate_t(m, np.diag(np.diag(S)), nu).logpdf(x).reshape(len(x))
    mistakes = {
        "this is the density, not its logarithm": np.exp(right),
        "the logarithm has base 10: use np.log": right / np.log(10),
        "the sign is turned": -right,
        "the determinant of S is missing": right + log_det / 2,
        "the determinant of S counts twice: it is |S| to the power −½": right - log_det / 2,
        "the determinant of S has the wrong sign": right + log_det,
        "the exponent is ν/2 where (ν + d)/2 belongs": right + d / 2 * tail,
        "the exponent is (ν + 1)/2 where (ν + d)/2 belongs": right + (d - 1) / 2 * tail,
        "the exponent is ν + d: a ½ is missing": right - (nu + d) / 2 * tail,
        "δ is not divided by ν": right + (nu + d) / 2 * (tail - np.log1p(delta)),
        "δ is the distance, not its square": right + (nu + d) / 2 * (tail - np.log1p(np.sqrt(delta) / nu)),
        "the two Γ functions are missing": right - _gammas(nu, d),
        "(νπ)^(d/2) is missing": right + d / 2 * np.log(nu * np.pi),
        "(νπ)^(d/2) has become (νπ)^(1/2)": right + (d - 1) / 2 * np.log(nu * np.pi),
        "the correlations in S are not used": flat,
        "this is a Gaussian: ν is not used": -(d * np.log(2 * np.pi) + log_det + delta) / 2,
    }  # fmt: skip
    if nu > 2:
        scale = S * (nu - 2) / nu
        said = "S was taken as the covariance: it is the scale matrix, used as it is"
        mistakes[said] = stats.multivariate_t(m, scale, nu).logpdf(x).reshape(len(x))
    return {
        sentence: value
        for sentence, value in mistakes.items()
        if np.abs(value - right).max() > 1e-3
    }


def _gammas(nu, d):
    from scipy.special import gammaln

    return gammaln((nu + d) / 2) - gammaln(nu / 2)


# fit_mot


def _t_logpdf_works(t_logpdf):
    rng = np.random.default_rng(0)
    for d in (2, 12):
        x, m, S = rng.normal(0, 2, (20, d)), rng.normal(size=d), random_covariance(rng, d)
        for nu in (3.0, 1e7):
            expect_logs(t_logpdf(x, m, S, nu), x, m, S, nu, tolerance=1e-4)


suspecting_t_logpdf = suspecting("t_logpdf", _t_logpdf_works)


@check("fit_mot", points=0.15)
@suspecting_t_logpdf
def the_results_have_the_right_form(fit_mot, rng):
    """labels (n,) from 0 to K − 1, m (K, d), scale matrices S (K, d, d) and weights p (K,), in this order."""
    x, _ = draw_clusters(rng, 150, np.array([[0.0, 0, 0], [6, 0, 0]]))
    read_mixture(fit_mot(x, 2), x, 2)


@check("fit_mot", points=0.25)
@suspecting_t_logpdf
def one_round_does_what_the_text_says(fit_mot, rng):
    """For n_iters = 1 one cluster has the m and S of a single round from one of the spikes; x itself does not change."""
    x, _ = draw_clusters(rng, 40, np.full((1, 2), 3.0), nu=3.0)
    x[:, 0] += np.abs(x[:, 1])
    with advising("After one round: ", ""):
        for nu in (2.5, 7.0):
            expect_one_round(fit_mot(x, 1, nu=nu, n_iters=1), x, nu)
    expect_untouched(fit_mot, x, 2, n_iters=2)


@check("fit_mot", points=0.2)
@suspecting_t_logpdf
def one_cluster_is_the_most_likely_t(fit_mot, rng):
    """With one cluster m is the mean and S the mean square of the spikes weighted by u = (ν + d)/(ν + δ)."""
    x, _ = draw_clusters(rng, 300, np.zeros((1, 3)), nu=4.0)
    x[:, 0] += np.abs(x[:, 1])  # lopsided: mean and centre are not the same
    for nu in (2.5, 6.0):
        expect_settled(fit_mot(x, 1, nu=nu, n_iters=200), x, nu)


@check("fit_mot", points=0.25)
@suspecting_t_logpdf
def every_cluster_solves_its_equations(fit_mot, rng):
    """After many rounds another one changes nothing: p, m and S are those of the M-step from their own z and u."""
    x, _ = draw_clusters(rng, 600, np.array([[0.0, 0], [4, 0]]), weights=(0.7, 0.3))
    fits = [fit_mot(x, 2, nu=3.0, n_iters=300, random_seed=seed) for seed in range(3)]
    expect_one_settled(fits, x, 3.0)


@check("fit_mot", points=0.2)
@suspecting_t_logpdf
def outliers_do_not_move_the_clusters(fit_mot, rng):
    """With one spike in fifteen off to one side, the best of five seeds still finds the three clusters where they are."""
    m = np.array([[0.0, 0], [20, 0], [0, 20]])
    x, _ = draw_clusters(rng, 600, m, nu=1e6)
    stray = rng.choice(600, 40, replace=False)
    x[stray] += np.array([9.0, 12.0]) * rng.uniform(0.8, 1.2, (40, 1))
    errors = []
    for seed in range(5):
        _, found, _, p = read_mixture(fit_mot(x, 3, nu=3.0, n_iters=100, random_seed=seed), x, 3)
        errors.append(np.linalg.norm(m[:, None] - found, axis=2).min(axis=1).max())
        if errors[-1] < 0.4 and p.min() > 0.2:
            return
    raise CheckFailed(
        f"In none of five runs are the three means found: the best misses one by {min(errors):.2g} of its standard"
        " deviations. Does every spike count with its weight u, in m and in S, and z with the tails of a t?"
    )


@check("fit_mot", points=0.2)
@suspecting_t_logpdf
def many_degrees_of_freedom_give_gaussians(fit_mot, rng):
    """For ν = 1e7 one cluster has the mean of the spikes and their biased covariance, to 1e-4; to 1e-3 with a spike far away."""
    x, _ = draw_clusters(rng, 80, np.full((1, 3), 5.0), nu=5.0)
    y, _ = draw_clusters(rng, 2500, np.zeros((1, 3)))
    y[7] = 1e5  # its δ comes to about 2,500: its density underflows
    for spikes, advice, tolerance in ((x, IN_LOGS, 1e-4), (y, LARGEST, 1e-3)):
        with advising("", advice, NOT_FINITE):
            _, m, S, p = read_mixture(fit_mot(spikes, 1, nu=1e7, n_iters=5), spikes, 1)
            expect_gaussian(m[0], S[0], spikes, tolerance)
        expect_close(p, [1.0], "p")


@check("fit_mot", points=0.2)
@suspecting_t_logpdf
def labels_are_the_likeliest_clusters(fit_mot, rng):
    """For at least 99 % of the spikes the label is the cluster with the largest p[k]·t(x; m[k], S[k]) of what is returned, also after one round."""
    x, _ = draw_clusters(rng, 500, np.array([[0.0, 0], [3, 0], [0, 3]]), weights=(0.6, 0.2, 0.2))
    expect_labels(fit_mot(x, 3, nu=3.0, n_iters=30), x, 3.0, 3)
    for seed in range(3):
        one, two = (fit_mot(x, 3, nu=3.0, n_iters=n, random_seed=seed) for n in (1, 2))
        expect_labels(two, x, 3.0, 3, before=one)
        expect_labels(one, x, 3.0, 3)


@check("fit_mot", points=0.15)
@suspecting_t_logpdf
def every_round_counts(fit_mot, rng):
    """Where clusters overlap, 60 rounds get further than 2, and 2 further than 1."""
    x, _ = draw_clusters(rng, 300, np.array([[0.0, 0], [3, 1]]))
    for seed in range(3):
        after = [
            read_mixture(fit_mot(x, 2, n_iters=n, random_seed=seed), x, 2)[1] for n in (1, 2, 60)
        ]
        if all(np.abs(a - b).max() > 1e-4 for a, b in itertools.pairwise(after)):
            return
    raise CheckFailed(
        "From each of three seeds 1, 2 and 60 rounds do not give three different results. Is n_iters used, and does"
        " the function return after the loop, not inside it?"
    )


@check("fit_mot", points=0.15)
@suspecting_t_logpdf
def the_seed_decides_the_start(fit_mot, rng):
    """The same `random_seed` gives the same fit again, and different seeds start EM in different places."""
    x = rng.uniform(size=(120, 2))  # without clusters there is no solution that all starts agree on
    expect_seeded(fit_mot, (x, 4), rng)


@check("fit_mot", points=0.15)
@suspecting_t_logpdf
def starving_clusters_keep_what_they_have(fit_mot, rng):
    """A cluster whose sum of z is below 2d keeps its m and S in that round, whether it holds one spike far away or a few."""
    changed = False
    for x in lonely_spikes(rng):
        for seed in range(4):
            value = fit_mot(x, 2, n_iters=1, random_seed=seed)
            expect_starved(value, x)
            changed |= bool(np.any(read_mixture(value, x, 2)[3] != 0.5))
            after = fit_mot(x, 3, n_iters=30, random_seed=seed)
            expect_close(read_mixture(after, x, 3)[3].sum(), 1.0, "the sum of p", rtol=0, atol=1e-6)
    expect_true(
        changed, "After one round p is still 1/K: p[k] is N_k / n, for starving clusters too."
    )


@check("fit_mot", points=0.1)
@suspecting_t_logpdf
def a_flat_cluster_gets_a_floor(fit_mot, rng):
    """Where spikes lie on a line but for 1e-4, floor = 1e-6·trace(cov(x))/d is added to S, whatever the unit of x."""
    for unit in (1e-3, 1e3):
        x = flat_spikes(rng, 60, unit)
        expect_one_round(fit_mot(x, 1, nu=4.0, n_iters=1), x, 4.0)


def draw_clusters(rng, n, m, *, nu=4.0, weights=None):
    """Draw t-distributed spikes x (n, d) of correlated clusters of width 1 about m (K, d), and their units (n,)."""
    K, d = np.shape(m)
    unit = rng.choice(K, n, p=weights)
    u = rng.chisquare(nu, n) / nu
    L = np.linalg.cholesky(0.6 * np.eye(d) + 0.4)
    return m[unit] + rng.normal(size=(n, d)) @ L.T / np.sqrt(u)[:, None], unit


def flat_spikes(rng, n, unit=1.0):
    """Spikes (n, 2) on a line, but for a ten-thousandth of their spread."""
    along, off = rng.standard_t(5, n), rng.normal(size=n)
    return unit * (np.outer(along, [1, 2]) + 1e-4 * np.outer(off, [2, -1]))


def lonely_spikes(rng):
    """Yield spikes (n, 4), of which one, or six together, are very far away."""
    for many in (1, 6):
        x, _ = draw_clusters(rng, 200, np.zeros((1, 4)), nu=10.0)
        x[:many] += 1e5
        yield x


def expect_starved(value, x, T=None):
    """Expect clusters of fewer than 2d spikes to have the scale matrix that they started with, and a spike as mean."""
    n, d = x.shape
    _, m, S, p = read_mixture(value, x, 2, T)
    C = np.cov(x.T, bias=True)
    said = f"A cluster of {{:.3g}} spikes, fewer than 2d = {2 * d}, should keep its {{}}. {ALONE}"
    for k in np.flatnonzero(n * p < 2 * d - 0.1):
        size = n * p[k]
        kept = np.abs(S[k] - C).max() <= 1e-6 * np.abs(C).max()
        expect_true(kept, said.format(size, "S, here the covariance of all spikes"))
        away = np.abs(np.atleast_2d(m[k])[:, None] - x).max(axis=2).min(axis=1).max()
        expect_true(away <= 1e-6 * np.abs(x).max(), said.format(size, "m, here one of the spikes"))


# One round from a spike


def expect_one_round(value, x, nu, t=None, block=1.0, Q=None):
    """Expect of one cluster what one round gives from some spike; start from any of them."""
    b, T = blocks_of(t, len(x), block)
    _, m, S, _ = read_mixture(value, x, 1, None if t is None else T)
    m, S, C = m.reshape(T, -1), S[0], np.cov(x.T, bias=True)
    found = _round_of(m, x, b, C, Q, nu, block, t)
    if found is None:
        off = "for none of the spikes as start does m[0] solve its equation, spikes weighted by g = z·u"
        raise CheckFailed(
            f"{off}. z and u come from the start: a spike, the covariance of all, p = 1/K."
        )
    sentence, start, u, C, b = found
    if sentence:
        raise CheckFailed(f"m[0] is not that of the text. It looks as if {sentence}.")
    floor, size = 1e-6 * np.trace(C) / len(C), np.abs(C).max()
    away = x - m[b]
    right = _lifted((u * away.T) @ away / len(x), floor)
    low = np.linalg.eigvalsh(right)[0] < 1.5 * floor
    tolerance = 0.05 * floor if low else EXACT * size
    if np.abs(S - right).max() <= tolerance:
        return
    for sentence, other in _other_scales(x, away, x - x[start], u, C, floor).items():
        if np.abs(S - other).max() <= tolerance:
            raise CheckFailed(f"S[0] is not that of the text. It looks as if {sentence}.")
    said = f"S[0] should be the sum of g (x − m)(x − m)ᵀ, divided by the sum of z. {FLOOR if low else ''}"
    raise CheckFailed(
        f"{said} It is off by {np.abs(S - right).max() / size:.2g} of the largest variance."
    )


def _round_of(m, x, b, C, Q, nu, block, t):
    """The first start whose round gives this m: what is wrong with that round ("" for nothing), start, u, C, blocks."""
    n, T, d = len(x), *m.shape
    one, floor = np.ones(n), 1e-6 * np.trace(C) / d
    if np.abs(x - m[:, None]).max(axis=(0, 2)).min() <= 1e-9 * np.abs(x).max():
        return "no round was run: m is where it started", 0, one, C, b
    unbiased = "S starts as the covariance divided by n − 1: np.cov(x.T, bias=True) divides by n"
    starts = (
        ("", C),
        ("", _lifted(C, floor)),  # some apply the floor to the start, too
        ("S starts as the identity: start with the covariance of all spikes", np.eye(d)),
        (unbiased, C * n / (n - 1)),
    )
    for said, scale in starts:
        u = np.array([(nu + d) / (nu + squared_distance(x, spike, scale)) for spike in x])
        for i, g in enumerate(u):
            if _solves(m, x, b, g, g, scale, Q):
                return said, i, g, C, b
    u = np.array([(nu + d) / (nu + squared_distance(x, spike, C)) for spike in x])
    if _solves(m, x, b, one, one, C, Q):
        return "u is missing in m: its spikes count with g = z·u", 0, one, C, b
    for i, g in enumerate(u):
        for sentence, blocks, of_weights, of_sums, step in _other_tracks_of_a_round(
            b, g, Q, block, t, T
        ):
            if _solves(m, x, blocks, of_weights, of_sums, C, step):
                return sentence, i, g, C, blocks
    return None


def _solves(m, x, b, of_weights, of_sums, C, Q):
    weights, sums = np.bincount(b, of_weights, len(m)), block_sums(x, b, of_sums, len(m))[1]
    return track_error(weights, sums, m, C, Q) <= EXACT


def _other_tracks_of_a_round(b, g, Q, block, t, T):
    """Sentences, with the blocks, weights in a and in y, and Q of that mistake."""
    one, d = np.ones(len(b)), 1 if Q is None else len(Q)
    if Q is None:
        yield "m is divided by N_k, the sum of z: divide it by the sum of g", b, one, g, Q
        return
    total = np.bincount(b, g, T)
    yield "the weights of the blocks are sums of z: they are sums of g = z·u", b, one, g, Q
    means = g / np.where(total > 0, total, 1)[b]
    yield (
        "the sums of the blocks are divided by their weights: smooth_means takes sums",
        b,
        g,
        means,
        Q,
    )
    yield "blocks are counted from the first spike: block 0 begins at t = 0", (
        np.floor((t - t.min()) / block).astype(int)
    ), g, g, Q  # fmt: skip
    yield "Q was squared: it is a covariance already", b, g, g, Q @ Q
    yield "only the diagonal of Q is used", b, g, g, np.diag(np.diag(Q))
    for size in (block / 60, block, 60 / block):
        yield (
            "Q was scaled with the length of the blocks: it is per block already",
            b,
            g,
            g,
            size * Q,
        )
    yield "Q is not used", b, g, g, np.eye(d)


def _lifted(S, floor):
    return S + floor * np.eye(len(S)) if np.linalg.eigvalsh(S)[0] < floor else S


def _other_scales(x, away, old, u, C, floor):
    """What S would be after one round, for the usual mistakes."""
    n, one = len(x), np.ones(len(x))

    def scatter(g, away):
        return (g * away.T) @ away

    right, one_each = scatter(u, away) / n, np.eye(len(C))
    return {
        "S is divided by the sum of g: both end in the same place, but the text divides by N_k, the sum of z":
            _lifted(scatter(u, away) / u.sum(), floor),
        "the differences in S are those from the old mean: take them from the new one":
            _lifted(scatter(u, old) / n, floor),
        "u is missing in S: its spikes count with g = z·u": _lifted(scatter(one, away) / n, floor),
        "u counts twice in S: once is right": _lifted(scatter(u**2, away) / n, floor),
        "S is divided by N − 1: divide by N_k, the sum of z": _lifted(scatter(u, away) / (n - 1), floor),
        "S is still that of the start": C,
        f"the floor is missing. {FLOOR[:-1]}": right,
        f"the floor is not that of the text. {FLOOR[:-1]}": right + 1e-6 * one_each,
        f"the floor is the trace without 1/d. {FLOOR[:-1]}": right + floor * len(C) * one_each,
    }  # fmt: skip


def read_mixture(value, x, K, T=None):
    """Read what a fit returned: labels (n,), m (K, d) or (K, T, d), S (K, d, d), p (K,)."""
    n, d = x.shape
    hint = f"The results are labels, {TRACKS if T else SHAPES}, in this order."
    labels, m, S, p = expect_results(value, "labels", "m", "S", "p")
    labels = expect_array(labels, "labels", shape=(n,), integer=True, hint=hint)
    expect_within(labels, 0, K - 1, "labels", hint="Clusters are numbered from 0 to K − 1.")
    m = expect_array(m, "m", shape=(K, T, d) if T else (K, d), hint=hint)
    S = expect_array(S, "S", shape=(K, d, d), hint=hint)
    p = expect_array(p, "p", shape=(K,), hint=hint)
    counted = (
        "p[k] is N_k / n, N_k the sum of z[k], and the z of a spike add up to 1 over the clusters."
    )
    expect_within(p, -1e-9, np.inf, "p", hint=counted)
    expect_close(p.sum(), 1.0, "the sum of p", rtol=0, atol=1e-3, hint=counted)
    expect_close(S, S.transpose(0, 2, 1), "S, transposed,", rtol=1e-6, atol=1e-8 * np.abs(S).max())
    S = (S + S.transpose(0, 2, 1)) / 2
    for k in range(K):
        smallest = np.linalg.eigvalsh(S[k])[0]
        expect_true(
            smallest > 0, f"S[{k}] is no scale matrix: its smallest eigenvalue is {smallest:.3g}."
        )
    return labels, m, S, p


def squared_distance(x, m, S):
    """δ of each row of x, (n,); m is one mean, or one for each row."""
    return np.sum(np.linalg.solve(np.linalg.cholesky(S), (x - m).T) ** 2, axis=0)


def log_shares(x, b, m, S, p, nu):
    """ln p[k]·t(x; m[k, b], S[k]), (K, n), for tracks m (K, T, d)."""
    origin = np.zeros(x.shape[1])
    logs = [
        stats.multivariate_t(origin, s, nu).logpdf(x - track[b])
        for track, s in zip(m, S, strict=True)
    ]
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(p, 0))[:, None] + np.reshape(logs, (len(p), len(x)))


def shares(logs):
    """Responsibilities from logarithms (K, n)."""
    z = np.exp(logs - logs.max(axis=0))
    return z / z.sum(axis=0)


def expect_labels(value, x, nu, K, t=None, block=1.0, before=None):
    """Expect labels to be those of the likeliest clusters under the returned parameters.

    `before` is the result of one round less.
    """
    b, T = blocks_of(t, len(x), block)
    labels, m, S, p = read_mixture(value, x, K, None if t is None else T)
    m = m.reshape(K, T, -1)
    likeliest = log_shares(x, b, m, S, p, nu).argmax(axis=0)
    agree = np.mean(labels == likeliest)
    if agree >= 0.99:
        return
    looks = ""
    if before is not None:
        _, *old = read_mixture(before, x, K, None if t is None else T)
        stale = log_shares(x, b, old[0].reshape(K, T, -1), *old[1:], nu).argmax(axis=0)
        if np.mean(labels == stale) > max(0.99, agree):
            looks = " They are those of the round before."
    if t is not None and np.mean(labels == likeliest[np.argsort(t, kind="stable")]) > 0.99:
        looks = " They are in the order of t: labels[i] belongs to x[i]."
    elif looks:
        pass
    elif (
        np.mean(labels == log_shares(x, b, m[:, :1].repeat(T, axis=1), S, p, nu).argmax(axis=0))
        > 0.99
        < T
    ):
        looks = " They compare every spike with the mean of the first block."
    elif np.mean(labels == log_shares(x, b, m, S, np.ones(K), nu).argmax(axis=0)) > 0.99:
        looks = " They leave out the weights p."
    elif np.mean(labels == np.linalg.norm(x - m[:, b], axis=2).argmin(axis=0)) > 0.99:
        looks = " They name the cluster with the nearest mean."
    raise CheckFailed(
        f"Only {agree:.1%} of the labels name the cluster with the largest p[k]·t(x; m, S[k]).{looks} After the last"
        " round one more E-step gives labels: the argmax of z over the clusters, in the order of m, S, p and of x."
    )


def blocks_of(t, n, block):
    """The block of each spike (n,), and their number; one block without times."""
    if t is None:
        return np.zeros(n, int), 1
    b = np.floor(np.asarray(t) / block).astype(int)
    return b, int(b.max()) + 1


def expect_seeded(fit, arguments, rng, **settings):
    """Expect equal seeds to give equal fits and different ones to start in different places."""
    seeds = [int(seed) for seed in rng.choice(10_000, 4, replace=False)]
    first = expect_reproducible(fit, *arguments, n_iters=2, random_seed=seeds[0], **settings)
    others = [fit(*arguments, n_iters=2, random_seed=seed, **settings) for seed in seeds[1:]]
    expect_true(
        not all(same(first, other) for other in others),
        "Four different seeds give the same result on data without clusters: every run starts in the same place, so"
        " more seeds cannot help against local optima. Is random_seed used?",
    )


def expect_gaussian(m, S, x, tolerance=1e-4):
    """Expect the mean and the biased covariance of the spikes."""
    n, sd, C = len(x), x.std(axis=0), np.cov(x.T, bias=True)
    within = {"rtol": tolerance, "atol": tolerance}
    expect_close(m / sd, x.mean(axis=0) / sd, "m, in standard deviations,", **within)
    S, C = S / np.outer(sd, sd), C / np.outer(sd, sd)
    mistakes = {"S is divided by N − 1: divide by N, the sum of z": C * n / (n - 1)}
    expect_close(S, C, "S, in units of the variances,", misconceptions=mistakes, **within)


# Where EM stands still


def expect_one_settled(fits, x, nu, **session):
    """Expect one of several fits to stand still: unlucky starts may still be on their way."""
    failures = []
    for value in fits:
        try:
            return expect_settled(value, x, nu, **session)
        except CheckFailed as error:
            failures.append(error)
    raise max(failures, key=lambda error: "It looks as if" in str(error))


def expect_settled(value, x, nu, t=None, block=1.0, Q=None):
    """Expect parameters that another round of EM does not change, or say which equation is not met."""
    b, T = blocks_of(t, len(x), block)
    p = expect_results(value, "labels", "m", "S", "p")[3]
    _, m, S, p = read_mixture(value, x, np.size(p), None if t is None else T)
    fit = x, b, m.reshape(len(p), T, -1), S, p
    z, u = shares(log_shares(*fit, nu)), _weights(*fit, nu)
    off = _imbalance(*fit, Q, z, z * u, z * u)
    worst = max(off, key=off.get)
    if off[worst] <= SETTLED:
        return
    for sentence, other, Q_used, *used in _other_rounds(*fit, Q, nu, t, block):
        if max(_imbalance(*other, Q_used, *used).values()) <= min(2 * SETTLED, off[worst] / 3):
            raise CheckFailed(f"{_RULES[worst]} is not met. It looks as if {sentence}.")
    raise CheckFailed(
        f"After many rounds {_RULES[worst]} should hold for what is returned, but it is off by {off[worst]:.2g}"
        " (relative, or in standard deviations). z and u are those of the returned parameters; are all of p, m, S"
        " updated in each of the n_iters rounds?"
    )


_RULES = {
    "p": "p[k] = N_k / n",
    "m": "the equation for m[k], spikes weighted by g = z·u,",
    "S": "S[k] = Σ g (x − m)(x − m)ᵀ / Σ z",
}


def _weights(x, b, m, S, p, nu, d=None):
    d = x.shape[1] if d is None else d
    return np.array(
        [(nu + d) / (nu + squared_distance(x, track[b], s)) for track, s in zip(m, S, strict=True)]
    )


def _imbalance(x, b, m, S, p, Q, z, g_mean, g_scale, g_weight=None):
    """How far p, m and S are from solving the equations of an M-step with these weights.

    g_weight counts in the weights of blocks where it is not g_mean, and Q may differ between clusters.
    """
    Q = [Q] * len(p) if np.ndim(Q) < 3 else Q
    N, off = z.sum(axis=1), {"p": 0.0, "m": 0.0, "S": 0.0}
    for k, track in enumerate(m):
        root, away = np.linalg.cholesky(S[k]), x - track[b]
        weights, sums = block_sums(x, b, g_mean[k], len(track))
        weights = weights if g_weight is None else np.bincount(b, g_weight[k], len(track))
        whole = np.linalg.solve(root, (g_scale[k] * away.T) @ away) / max(N[k], 1e-9)
        found = {
            "p": abs(p[k] - N[k] / len(x)) / max(p[k], 1e-3),
            "m": track_error(weights, sums, track, S[k], Q[k]),
            "S": np.abs(np.linalg.solve(root, whole.T) - np.eye(len(root))).max(),
        }
        off = {name: max(off[name], found[name]) for name in off}
    return off


def block_sums(x, b, g, T):
    """Sums of the weights (T,) and of the weighted spikes (T, d) in each block."""
    return np.bincount(b, g, T), np.transpose([np.bincount(b, g * feature, T) for feature in x.T])


def track_error(weights, sums, m, C, Q):
    """How far a track is from solving its equations, in standard deviations of a spike.

    In coordinates where C is the identity. What is left of a block's equation is divided by its diagonal;
    all blocks together, where steps cancel, show a shift of the whole track.
    """
    left, together = _residuals(weights, sums, m, C, Q)
    return together if len(m) == 1 else max(together, np.abs(left).max())


def _residuals(weights, sums, m, C, Q):
    root = np.linalg.cholesky(C)
    sums, m = np.linalg.solve(root, sums.T).T, np.linalg.solve(root, m.T).T
    left = sums - weights[:, None] * m
    together = np.abs(left.sum(axis=0)).max() / max(weights.sum(), 1e-9)
    if len(m) == 1:
        return left, together
    stiff = np.linalg.inv(np.linalg.solve(root, np.linalg.solve(root, Q).T))
    steps = np.diff(m, axis=0) @ stiff
    left[:-1] += steps
    left[1:] -= steps
    neighbours = np.full(len(m), 2)
    neighbours[[0, -1]] = 1
    diagonal = weights[:, None, None] * np.eye(len(C)) + neighbours[:, None, None] * stiff
    return np.linalg.solve(diagonal, left[:, :, None])[:, :, 0], together


def _other_rounds(x, b, m, S, p, Q, nu, t=None, block=60.0):
    """Sentences that complete "it looks as if …", with the parameters, Q and weights of that mistake."""
    fit = x, b, m, S, p
    logs, u = log_shares(*fit, nu), _weights(*fit, nu)
    z = shares(logs)
    yield "u is missing in S: its spikes count with g = z·u", fit, Q, z, z * u, z
    yield "u is missing in m: its spikes count with g = z·u", fit, Q, z, z, z * u
    yield "u is missing in m and S", fit, Q, z, z, z
    squared = "u counts twice in S: once is right"
    yield squared, fit, Q, z, z * u, z * u * u
    one = z * _weights(*fit, nu, d=1)
    yield "u is (ν + 1)/(ν + δ): it is (ν + d)/(ν + δ)", fit, Q, z, one, one
    none = z * _weights(*fit, nu, d=0)
    yield "u is ν/(ν + δ): it is (ν + d)/(ν + δ)", fit, Q, z, none, none
    if nu > 2:
        scale = S * (nu - 2) / nu
        right = x, b, m, scale, p
        w, v = shares(log_shares(*right, nu)), _weights(*right, nu)
        said = "S is the covariance, ν/(ν − 2) times the scale matrix: return the scale matrix"
        yield said, right, Q, w, w * v, w * v
    n, k = len(x), len(p)
    smaller = S * (1 - 1 / np.maximum(n * p, 2))[:, None, None]
    said = "S is divided by N − 1: divide by N_k, the sum of z"
    yield said, (x, b, m, smaller, p), Q, z, z * u, z * u
    for other in (4.0, 1e7):
        if other != nu:
            v, w = _weights(*fit, other), shares(log_shares(*fit, other))
            said = (
                f"ν = {other:g} was used: take nu as it is given"
                if other < 1e6
                else "ν is not used"
            )
            yield said, fit, Q, w, w * v, w * v
    if k > 1:
        yield from _other_shares(fit, logs, u, Q, nu)
    if Q is not None:
        yield from _other_steps(fit, Q, nu, z, u, t, block)


def _other_shares(fit, logs, u, Q, nu):
    x, b, m, S, p = fit
    half_det = np.linalg.slogdet(S)[1][:, None] / 2
    log_p = np.log(np.maximum(p, np.finfo(float).tiny))[
        :, None
    ]  # some answers give a cluster no weight
    delta = np.array([squared_distance(x, track[b], s) for track, s in zip(m, S, strict=True)])
    hard = (logs == logs.max(axis=0)).astype(float)
    others = {
        "the weights p are missing in z": shares(logs - log_p),
        "the determinants of S are missing in z": shares(logs + half_det),
        "z comes from Gaussians: it needs the t-distribution": shares(log_p - half_det - delta / 2),
        "every spike counts for its best cluster only: keep z as it is": hard,
    }
    for sentence, z in others.items():
        yield sentence, fit, Q, z, z * u, z * u


def _other_steps(fit, Q, nu, z, u, t, block):
    x, b, m, S, p = fit
    g, T = z * u, m.shape[1]
    # Only the ratio of C and Q counts: another C is another Q.
    if nu > 2:
        said = "C is ν/(ν − 2)·S, the covariance: smooth_means gets S itself"
        yield said, fit, Q * (nu - 2) / nu, z, g, g
    of_all = np.array([Q @ np.linalg.solve(np.cov(x.T, bias=True), s) for s in S])
    yield (
        "C is the covariance of all spikes: it is S[k] as it was before the round",
        fit,
        of_all,
        z,
        g,
        g,
    )
    yield "Q was squared: it is a covariance already", fit, Q @ Q, z, g, g
    if np.abs(Q - np.diag(np.diag(Q))).max() > 0:
        yield "only the diagonal of Q is used", fit, np.diag(np.diag(Q)), z, g, g
    if block != 60:
        said = "Q was scaled with the length of the blocks: it is per block already"
        yield said, fit, Q * block / 60, z, g, g
    yield "the weights of the blocks are sums of z: they are sums of g = z·u", fit, Q, z, g, g, z
    total = np.array([np.bincount(b, each, T) for each in g])
    means = g / np.maximum(total, 1e-300)[:, b]
    said = "the sums of the blocks are divided by their weights: smooth_means takes sums"
    yield said, fit, Q, z, means, g, g
    c = np.floor((np.asarray(t) - np.min(t)) / block).astype(int)
    if (c != b).any():
        other = x, c, m, S, p
        v, w = shares(log_shares(*other, nu)), _weights(*other, nu)
        yield (
            "blocks are counted from the first spike: block 0 begins at t = 0",
            other,
            Q,
            v,
            v * w,
            v * w,
        )


@contextlib.contextmanager
def advising(before, after, about=("",)):
    """Put words around the message of an expectation that is not met here; those after it if it is about them."""
    try:
        yield
    except NotAnswered:
        raise
    except CheckFailed as error:
        fits = after and any(word in str(error) for word in about)
        raise type(error)(f"{before}{error}{f' {after}' if fits else ''}") from None


# smooth_means


@check("smooth_means", points=0.2)
def one_mean_for_every_block(smooth_means, rng):
    """The track has a row for each block and a column for each dimension; one block alone has the mean of its spikes; the arrays that come in do not change."""
    weights, sums, C, Q = random_track(rng, 7, 2)
    read_track(smooth_means(weights, sums, C, Q), 7, 2)
    found = read_track(smooth_means(weights[:1], sums[:1], C, Q), 1, 2)
    expect_close(found, sums[:1] / weights[0], "the mean of a single block", rtol=1e-6, atol=1e-6,
                 misconceptions={"sums were taken as means: divide by the weights": sums[:1]})  # fmt: skip
    expect_untouched(smooth_means, weights, sums, C, Q)


@check("smooth_means", points=0.4)
def the_track_solves_its_equations(smooth_means, rng):
    """In every block a·C⁻¹m + Q⁻¹(m − m before) + Q⁻¹(m − m after) = C⁻¹y, where C and Q have correlations."""
    for T, d in ((2, 1), (9, 3)):
        given = random_track(rng, T, d)
        expect_track(smooth_means(*given), *given)


@check("smooth_means", points=0.25)
def blocks_without_spikes_are_bridged(smooth_means, rng):
    """Where blocks have weight 0 the track runs straight from the last mean before them to the first after them."""
    weights, sums, C, Q = random_track(rng, 10, 2)
    empty = [0, 1, 4, 5, 6, 9]
    weights[empty], sums[empty] = 0, 0
    with advising(
        "With blocks of weight 0 (the first, the last, and three in a row): ",
        "Do not divide by weights.",
        NOT_FINITE,
    ):
        m = expect_track(smooth_means(weights, sums, C, Q), weights, sums, C, Q)
    line = np.linspace(m[3], m[7], 5)
    expect_close(m[3:8], line, "the track across a gap", rtol=1e-6, atol=1e-6)


@check("smooth_means", points=0.25)
def a_tiny_step_leaves_one_mean(smooth_means, rng):
    """For Q = 1e-10·C all blocks have the same mean, that of all spikes together, to 1e-4."""
    weights, sums, C, _ = random_track(rng, 12, 3)
    found = read_track(smooth_means(weights, sums, C, 1e-10 * C), 12, 3)
    mean = np.tile(sums.sum(axis=0) / weights.sum(), (12, 1))
    plain = "blocks count alike: they count with their weights"
    average = np.tile((sums / weights[:, None]).mean(axis=0), (12, 1))
    mistakes = {
        plain: average,
        "the first block alone decides": np.tile(sums[0] / weights[0], (12, 1)),
    }
    nearly = np.abs(found - mean).max() < 0.05
    hint = "These are rounding errors. Do not divide by Q: (J⁻¹ + Q)⁻¹ is (I + J Q)⁻¹ J."
    expect_close(found, mean, "the track", rtol=1e-4, atol=1e-4, misconceptions=mistakes,
                 hint=hint if nearly else "")  # fmt: skip


@check("smooth_means", points=0.2)
def a_huge_step_leaves_every_block_its_own_mean(smooth_means, rng):
    """For Q = 1e10·C every block has the mean of its own spikes, to 1e-4."""
    weights, sums, C, _ = random_track(rng, 8, 3)
    found = read_track(smooth_means(weights, sums, C, 1e10 * C), 8, 3)
    expect_close(found, sums / weights[:, None], "the track", rtol=1e-4, atol=1e-4,
                 misconceptions={"sums were taken as means: divide by the weights": sums})  # fmt: skip


@check("smooth_means", points=0.15)
def time_runs_both_ways(smooth_means, rng):
    """Blocks in reverse order give the track in reverse order: later blocks correct earlier ones."""
    weights, sums, C, Q = random_track(rng, 15, 2)
    forth = read_track(smooth_means(weights, sums, C, Q), 15, 2)
    back = read_track(smooth_means(weights[::-1], sums[::-1], C, Q), 15, 2)
    changed = sums.copy()
    changed[-1] += 50 * weights[-1]
    late = read_track(smooth_means(weights, changed, C, Q), 15, 2)
    hint = "Is the first block's prior flat, and the last one like the first?"
    if np.abs(late[0] - forth[0]).max() < 1e-9:
        hint = "The last block does not change the first mean: this is a filter. Go back from the last block, too."
    expect_close(
        back[::-1], forth, "the track of the reversed blocks", rtol=1e-6, atol=1e-6, hint=hint
    )
    expect_track(forth, weights, sums, C, Q)


@check("smooth_means", points=0.15)
def two_thousand_blocks_fit_into_memory(smooth_means, rng):
    """2,000 blocks in twelve dimensions need less than 1 GiB and 10 s."""
    given = random_track(rng, 2000, 12)
    with (
        advising(
            "With 2,000 blocks in 12 dimensions: ",
            "Go from block to block: no matrix of all T·d unknowns.",
            SPENT,
        ),
        limit(seconds=10, memory="1 GiB"),
    ):
        expect_track(smooth_means(*given), *given)


def random_track(rng, T, d):
    """Weights (T,), sums (T, d), C and Q of a mean that walks, all with correlations."""
    C, Q = random_covariance(rng, d), 0.3 * random_covariance(rng, d)
    m = 5 + np.cumsum(rng.normal(size=(T, d)) @ np.linalg.cholesky(Q).T, axis=0)
    weights = rng.uniform(0.5, 8, T)
    noise = rng.normal(size=(T, d)) @ np.linalg.cholesky(C).T
    return weights, weights[:, None] * m + np.sqrt(weights)[:, None] * noise, C, Q


def read_track(value, T, d):
    """Read what `smooth_means` returned: one row for each block."""
    return expect_array(value, "the track", shape=(T, d), hint="One row for each block.")


def expect_track(value, weights, sums, C, Q):
    """Expect the track that solves the equations; say what it looks like if it does not."""
    given, m = (weights, sums, C, Q), read_track(value, *sums.shape)
    off = track_error(weights, sums, m, C, Q)
    if off <= 1e-6:
        return m
    for sentence, weights_used, sums_used, C_used, Q_used in _other_tracks(weights, sums, C, Q):
        if track_error(weights_used, sums_used, m, C_used, Q_used) <= 1e-5:
            raise CheckFailed(f"The track does not solve its equations. It looks as if {sentence}.")
    T, left = len(m), _residuals(weights, sums, m, C, Q)[0]
    where = f"that of block {np.abs(left).max(axis=1).argmax()} (of 0 … {T - 1})"
    hint = _prior_mistake(m, weights, sums, C, Q)
    hint = hint or _one_block_mistake(m, weights, sums, C, Q) or _recursion_mistake(m, *given)
    raise CheckFailed(
        f"The track does not solve its equations: one is off by {off:.2g} standard deviations, {where}.{hint}"
    )


def _other_tracks(weights, sums, C, Q):
    d, a = len(C), weights[:, None]
    yield "C and Q are swapped", weights, sums, Q, C
    yield "C is not used", weights, sums, np.eye(d), Q
    yield "Q is not used", weights, sums, C, np.eye(d)
    if d > 1:
        yield "only the diagonal of C is used", weights, sums, np.diag(np.diag(C)), Q
        yield "only the diagonal of Q is used", weights, sums, C, np.diag(np.diag(Q))
    yield "C was inverted: it is a covariance", weights, sums, np.linalg.inv(C), Q
    yield "Q was inverted: it is a covariance", weights, sums, C, np.linalg.inv(Q)
    yield "Q counts half", weights, sums, C, Q / 2
    yield "Q counts twice", weights, sums, C, 2 * Q
    yield "sums were taken as means: they are sums already", weights, a * sums, C, Q
    ones = np.where(weights > 0, 1.0, 0.0)
    means = np.divide(sums, a, out=np.zeros_like(sums), where=a > 0)
    yield "all blocks count alike: they count with their weights", ones, means, C, Q
    more = weights**2
    yield "weights count twice: sums hold them already", more, a * sums, C, Q


def _prior_mistake(m, weights, sums, C, Q):
    """Whether the track was held at 0 before the first block, or after the last one too: a sentence or nothing."""
    for ends, where in (
        ([0], "before the first block"),
        ([0, -1], "before the first and after the last block"),
    ):
        for size, prior in (("Q", Q), ("the identity", np.eye(len(C))), ("C", C)):
            a, y = weights, sums.copy()
            y[ends] -= m[ends] @ np.linalg.inv(prior) @ C
            if track_error(a, y, m, C, Q) <= 1e-5:
                said = "the prior of the first block is flat, so it has no such term"
                return f" It looks as if the track started at 0 {where}, with covariance {size}: {said}."
    return ""


def _one_block_mistake(m, weights, sums, C, Q):
    """Whether all would be well if the mean of a single block agreed with its neighbours: a sentence or nothing."""
    T, C_inv, Q_inv = len(m), np.linalg.inv(C), np.linalg.inv(Q)
    if T < 3:
        return ""
    for b in (0, T - 1):
        near = m[1] if b == 0 else m[T - 2]
        mended = m.copy()
        mended[b] = np.linalg.solve(weights[b] * C_inv + Q_inv, C_inv @ sums[b] + Q_inv @ near)
        if track_error(weights, sums, mended, C, Q) <= 1e-5:
            where = (
                "the loop that goes back stops before it"
                if b == 0
                else "it is J⁻¹ h of the last block"
            )
            return f" Only m[{b}] is wrong, all other blocks agree with each other: {where}?"
    return ""


def _recursion_mistake(m, weights, sums, C, Q):
    """Whether the track meets the backward equations with J or h of a usual mistake: a sentence or nothing."""
    if len(m) > 100:  # short tracks have named it already
        return ""
    one, known = np.eye(len(C)), np.linalg.inv(C)
    fades = {
        "": lambda J: np.linalg.inv(one + J @ Q),
        "F is (I + Q J)⁻¹: it is (I + J Q)⁻¹": lambda J: np.linalg.inv(one + Q @ J),
        "J and h lose nothing from block to block: F is missing": lambda J: one,
    }
    for said, fade in fades.items():
        J, F = [weights[0] * known], []
        for a in weights[1:]:
            F.append(fade(J[-1]))
            J.append(a * known + F[-1] @ J[-1])
        whole, faded = np.cumsum(sums @ known, axis=0), [sums[0] @ known]
        for y, f in zip(sums[1:] @ known, F, strict=True):
            faded.append(y + f @ faded[-1])
        for h, wrong_h in (
            (faded, ""),
            (whole, "h is summed without F: h_b = C⁻¹ y_b + F_b h_(b−1)"),
        ):
            for turned in (False, True):
                back = "I + J Q stands in the way back: there it is I + Q J" if turned else ""
                if _goes_back(m, J, h, Q, turned) and (said or wrong_h or back):
                    return f" It looks as if {' and '.join(filter(None, (said, wrong_h, back)))}."
    return ""


def _goes_back(m, J, h, Q, turned):
    """Whether the last mean is J⁻¹ h and each other one follows from that after it."""
    size = 1e-5 * (1 + np.abs(m).max())
    pairs = zip(J[:-1], h[:-1], m[:-1], m[1:], strict=True)
    with np.errstate(over="ignore", invalid="ignore"):
        away = [J[-1] @ m[-1] - h[-1]] + [
            mean + (j @ Q if turned else Q @ j) @ mean - Q @ about - after
            for j, about, mean, after in pairs
        ]
    scale = 1 + max(np.abs(j).max() for j in J) * max(1, np.abs(Q).max())
    return np.abs(away).max() <= size * scale


# fit_drifting_mot


def _smooth_means_works(smooth_means):
    rng = np.random.default_rng(0)
    for T, d, small in ((1, 2, 1.0), (9, 3, 1.0), (6, 2, 1e-6)):
        weights, sums, C, Q = random_track(rng, T, d)
        weights[1:3] = sums[1:3] = 0
        expect_track(smooth_means(weights, sums, C, small * Q), weights, sums, C, small * Q)


suspecting_smooth_means = suspecting("smooth_means", _smooth_means_works)


@check("fit_drifting_mot", points=0.15)
@suspecting_smooth_means
def tracks_have_a_mean_for_every_block(fit_drifting_mot, rng):
    """m has shape (K, T, d) with T = floor(max(t)/block) + 1, also where blocks are empty or t ends on an edge."""
    x, _ = draw_clusters(rng, 120, np.array([[0.0, 0, 0], [6, 0, 0]]))
    t = rng.uniform(0, 250, 120)
    t = t[(t < 100) | (t > 150)]
    x = x[: len(t)]
    t[3] = 300.0  # exactly where the seventh block begins
    found = fit_drifting_mot(x, t, 2, block=50.0, Q=0.1, n_iters=3)
    read_mixture(found, x, 2, T=7)
    m = read_mixture(fit_drifting_mot(x, t, 2, block=1000.0, Q=0.1, n_iters=3), x, 2, T=1)[1]
    expect_true(np.isfinite(m).all(), "m should be finite.")


@check("fit_drifting_mot", points=0.25)
@suspecting_smooth_means
def one_round_gives_the_track_of_the_text(fit_drifting_mot, rng):
    """For n_iters = 1 one cluster has the track and S of a single round from one of the spikes, with blocks of 25 s; x and t do not change."""
    x, t = walking_cluster(rng, 60, 4)
    t = 10 + t * 85 / t.max()  # 10 … 95 s
    Q = np.array([[0.7, 0.2], [0.2, 0.4]])
    with advising("After one round: ", ""):
        for nu in (2.5, 7.0):
            found = fit_drifting_mot(x, t, 1, nu=nu, block=25.0, Q=Q, n_iters=1)
            expect_one_round(found, x, nu, t, 25.0, Q)
    expect_untouched(fit_drifting_mot, x, t, 2, block=25.0, Q=0.5, n_iters=2)


@check("fit_drifting_mot", points=0.25)
@suspecting_smooth_means
def one_cluster_follows_its_track(fit_drifting_mot, rng):
    """With one cluster the track solves the smoother's equations with the spikes of each block weighted by u, and S those of section 5."""
    x, t = walking_cluster(rng, 300, 6)
    found = fit_drifting_mot(x, t, 1, nu=3.0, block=60.0, Q=0.7, n_iters=200)
    expect_settled(found, x, 3.0, t, 60.0, 0.7 * np.eye(2))


@check("fit_drifting_mot", points=0.2)
@suspecting_smooth_means
def without_drift_and_tails_it_is_a_gaussian(fit_drifting_mot, rng):
    """For ν = 1e7 and Q = 1e-10, or a single block, one cluster has the mean of all spikes and their covariance, to 1e-4."""
    x, t = walking_cluster(rng, 100, 5)
    for block, Q, T in ((60.0, 1e-10, 5), (1e4, 1.0, 1)):
        found = fit_drifting_mot(x, t, 1, nu=1e7, block=block, Q=Q, n_iters=5)
        _, m, S, _ = read_mixture(found, x, 1, T)
        for b in range(T):
            with advising(f"With block = {block:g} and Q = {Q:g}, in block {b}: ", ""):
                expect_gaussian(m[0, b], S[0], x)


@check("fit_drifting_mot", points=0.25)
@suspecting_smooth_means
def clusters_that_follow_each_other_are_told_apart(fit_drifting_mot, rng):
    """Where two clusters move by twice their distance the best of five seeds misclassifies less than 5 %."""
    x, t, unit = two_movers(rng, 900, 15)
    wrong = []
    for seed in range(5):
        labels = read_mixture(
            fit_drifting_mot(x, t, 2, block=60.0, Q=0.3, random_seed=seed), x, 2, T=15
        )[0]
        wrong.append(min(np.mean(labels != unit), np.mean(labels == unit)))
        if wrong[-1] < 0.05:
            return
    raise CheckFailed(
        f"The best of five runs misclassifies {min(wrong):.0%} of the spikes; less than 5 % are possible, and a mixture"
        " that does not drift misclassifies 25 %. Is every spike compared with the mean of its own block?"
    )


@check("fit_drifting_mot", points=0.2)
@suspecting_smooth_means
def spikes_may_come_in_any_order(fit_drifting_mot, rng):
    """Spikes and their times may be in any order, with blocks that have none: `labels[i]` belongs to `x[i]`."""
    x, t = walking_cluster(rng, 300, 6)
    kept = rng.permutation(np.flatnonzero((t < 120) | (t >= 180)))
    x, t = x[kept], t[kept]
    found = fit_drifting_mot(x, t, 1, nu=4.0, block=40.0, Q=0.7, n_iters=200)
    with advising(
        "With spikes in random order and empty blocks: ",
        "Sum over blocks with np.bincount(b, values, T).",
    ):
        expect_settled(found, x, 4.0, t, 40.0, 0.7 * np.eye(2))


@check("fit_drifting_mot", points=0.15)
@suspecting_smooth_means
def a_step_is_a_number_or_a_matrix(fit_drifting_mot, rng):
    """Q may be a number, which stands for that number times the identity, or a matrix with correlations."""
    x, t = walking_cluster(rng, 250, 5)
    matrix = np.array([[2.0, 1.4], [1.4, 1.5]])
    for Q in (2.0, matrix):
        found = fit_drifting_mot(x, t, 1, nu=5.0, block=60.0, Q=Q, n_iters=200)
        expect_settled(found, x, 5.0, t, 60.0, Q if np.ndim(Q) else Q * np.eye(2))


@check("fit_drifting_mot", points=0.2)
@suspecting_smooth_means
def labels_are_the_likeliest_clusters_of_their_block(fit_drifting_mot, rng):
    """For at least 99 % of the spikes the label is the cluster with the largest p[k]·t(x; m[k, b], S[k]) of what is returned, also after one round."""
    x, t, _ = two_movers(rng, 600, 10, apart=2.0)
    order = rng.permutation(600)
    x, t = x[order], t[order]
    found = fit_drifting_mot(x, t, 3, nu=3.0, block=60.0, Q=0.3, n_iters=20)
    expect_labels(found, x, 3.0, 3, t, 60.0)
    for seed in range(3):
        one, two = (
            fit_drifting_mot(x, t, 3, nu=3.0, block=60.0, Q=0.3, n_iters=n, random_seed=seed)
            for n in (1, 2)
        )
        expect_labels(two, x, 3.0, 3, t, 60.0, before=one)
        expect_labels(one, x, 3.0, 3, t, 60.0)


@check("fit_drifting_mot", points=0.15)
@suspecting_smooth_means
def the_seed_decides_where_tracks_start(fit_drifting_mot, rng):
    """The same `random_seed` gives the same fit again, and different seeds start EM in different places."""
    x = rng.uniform(size=(120, 2))
    expect_seeded(fit_drifting_mot, (x, np.linspace(0, 100, 120), 4), rng, block=25.0, Q=0.01)


@check("fit_drifting_mot", points=0.2)
@suspecting_smooth_means
def starving_and_flat_clusters_follow_their_rules(fit_drifting_mot, rng):
    """A cluster whose sum of z is below 2d keeps its track and S in that round; a flat one gets the floor of section 3."""
    for x in lonely_spikes(rng):
        t = rng.permutation(np.linspace(0, 299, len(x)))
        for seed in range(4):
            value = fit_drifting_mot(x, t, 2, block=60.0, Q=0.3, n_iters=1, random_seed=seed)
            expect_starved(value, x, T=5)
            after = fit_drifting_mot(x, t, 3, block=60.0, Q=0.3, n_iters=20, random_seed=seed)
            p = read_mixture(after, x, 3, T=5)[3]
            expect_close(p.sum(), 1.0, "the sum of p", rtol=0, atol=1e-6)
    for unit in (1e-3, 1e3):
        x, Q = flat_spikes(rng, 60, unit), unit**2 * np.eye(2)
        t = np.linspace(0, 100, 60)
        found = fit_drifting_mot(x, t, 1, block=50.0, Q=Q, n_iters=1)
        expect_one_round(found, x, 4.0, t, 50.0, Q)


def walking_cluster(rng, n, T):
    """One cluster of width 1 whose mean walks through T blocks of a minute: x (n, 2) and t (n,), s."""
    x, _ = draw_clusters(rng, n, np.zeros((1, 2)))
    t = rng.uniform(0, 60 * T, n)
    t[:T] = 60 * np.arange(T) + 30  # no block is empty
    steps = np.cumsum(rng.normal(0, 1, (T, 2)), axis=0)
    return x + steps[(t // 60).astype(int)], np.sort(t)


def two_movers(rng, n, T, apart=4.0):
    """Two clusters of width .5 that move by twice their distance: x (n, 2), t (n,), s, and unit (n,)."""
    unit, t = rng.integers(0, 2, n), np.sort(rng.uniform(0, 60 * T, n))
    t[-1] = 60 * T - 1
    u = rng.chisquare(4, n) / 4
    x = np.outer(apart * unit + 2 * apart * t / (60 * T), [1, 0])
    return x + apart / 8 * rng.normal(size=(n, 2)) / np.sqrt(u)[:, None], t, unit
