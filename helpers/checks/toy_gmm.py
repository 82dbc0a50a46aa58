"""What a student can check in lab 01, mixtures of Gaussians on data whose truth is known."""

import contextlib

import numpy as np
from scipy import stats
from scipy.optimize import linear_sum_assignment

from . import (
    CheckFailed,
    NotAnswered,
    check,
    expect_array,
    expect_close,
    expect_integer,
    expect_mean,
    expect_number,
    expect_results,
    expect_true,
    expect_within,
)

MEANS = np.array([[0.0, 0.0], [5.0, 1.0], [0.0, 4.0]])
COVARIANCES = np.array([[[1, 0], [0, 1]], [[2, 1], [1, 2]], [[1, -0.5], [-0.5, 1]]], float)
WEIGHTS = np.array([0.3, 0.5, 0.2])
CARRIED = (
    "Did fit_mog, mog_bic or n_parameters lose points? Repair them first, they are called here."
)

# sample_data


@check("sample_data", points=0.2)
def a_label_and_a_point_for_every_sample(sample_data):
    """`labels` holds one whole number from 0 to K − 1 per sample, `x` one row per sample."""
    read_sample(sample_data.once(101, MEANS, COVARIANCES, WEIGHTS, random_seed=3), 101, MEANS)


@check("sample_data", points=0.2)
def points_lie_around_the_mean_of_their_cluster(sample_data):
    """The points that carry label k have mean `m[k]`, up to chance."""
    labels, x = read_sample(
        sample_data.once(1000, MEANS, COVARIANCES, WEIGHTS, random_seed=1), 1000, MEANS
    )
    for k, (mean, S) in enumerate(zip(MEANS, COVARIANCES, strict=True)):
        expect_true(
            np.any(labels == k), f"None of 1000 points has label {k}, although its weight is not 0."
        )
        expect_mean(
            x[labels == k], mean, np.sqrt(np.diag(S)), f"the points with label {k}",
            hint="Does row i of x belong to the cluster that labels[i] names?",
        )  # fmt: skip


def read_sample(value, n_samples, means):
    """Read what `sample_data` returned: labels (n,) of int and x (n, d)."""
    order = "The order of the results is: labels, x."
    labels, x = expect_results(value, "labels", "x")
    labels = expect_array(labels, "labels", shape=(n_samples,), integer=True, hint=order)
    x = expect_array(x, "x", shape=(n_samples, means.shape[1]), hint=order)
    _expect_labels(labels, len(means))
    return labels, x


# fit_mog


@check("fit_mog", points=0.4)
def the_results_have_the_right_form(fit_mog, rng):
    """labels (n,) from 0 to K − 1, m (K, d), covariances S (K, d, d) and weights p (K,), in this order."""
    x = draw_clusters(rng, 150, MEANS, COVARIANCES, WEIGHTS)
    read_mixture(fit_mog(x, 3), x, 3)


@check("fit_mog", points=0.4)
def one_cluster_is_the_sample_mean_and_covariance(fit_mog, rng):
    """With one cluster EM has a closed form, for any d: the sample mean and the biased covariance."""
    A = np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.5, -1.0, 1.5]])
    x = rng.standard_normal((50, 3)) @ A.T + [1.0, -2.0, 3.0]
    with advising("", "It should work in any number of dimensions: d is x.shape[1]."):
        fitted = fit_mog(x, 1, n_iters=3)
    expect_one_cluster(fitted, x)


@check("fit_mog", points=0.4)
def the_weighted_means_average_to_the_mean_of_the_data(fit_mog, rng):
    """After every M-step Σ p[k]·m[k] is the mean of all points, however many iterations were run."""
    x = draw_clusters(rng, 200, MEANS, COVARIANCES, WEIGHTS)
    for n_iters in (1, 4):
        _, m, _, p = read_mixture(fit_mog(x, 3, n_iters=n_iters), x, 3)
        # Exact up to rounding; the margin leaves room for a tiny number added to N_k against 0/0.
        expect_close(
            p @ m, x.mean(axis=0), f"Σ p[k]·m[k] after {n_iters} iterations", rtol=0, atol=1e-4,
            hint="Are p and m computed from the same responsibilities and the same N_k, and do the"
            " responsibilities of a point add up to one over the clusters?",
        )  # fmt: skip


@check("fit_mog", points=0.4)
def it_finds_the_three_clusters(fit_mog, rng):
    """On the lab's mixture the best of ten seeds is close to the true means, covariances, weights."""
    x = draw_clusters(rng, 500, MEANS, COVARIANCES, WEIGHTS)
    # Sampling errors are below 0.1 (weights 0.02); the margins are more than six times as wide.
    margins = {"m": 1.0, "S": 1.5, "p": 0.15}
    errors = []
    for seed in range(10):  # an unlucky start is no mistake; ten of them are
        _, m, S, p = read_mixture(fit_mog(x, 3, n_iters=100, random_seed=seed), x, 3)
        distance = np.linalg.norm(MEANS[:, None] - m, axis=2)
        match = linear_sum_assignment(distance)[1]
        pairs = {"m": (m, MEANS), "S": (S, COVARIANCES), "p": (p, WEIGHTS)}
        errors.append({name: np.abs(a[match] - truth).max() for name, (a, truth) in pairs.items()})
        if all(errors[-1][name] <= margin for name, margin in margins.items()):
            return
    best = min(errors, key=lambda error: error["m"])
    found = ", ".join(
        f"{name} {value:.2g} (at most {margins[name]})" for name, value in best.items()
    )
    expect_true(
        False,
        "None of ten runs of 100 iterations found the three clusters. Largest differences from the truth in"
        f" the best run: {found}. Does every round do an E-step and then an M-step on all clusters, and are"
        " the weights, means and covariances all updated?",
    )


def draw_clusters(rng, n, means, covariances, weights):
    """Points of a mixture with fixed cluster sizes: less noisy data for checks than real draws."""
    sizes = np.rint(n * np.asarray(weights)).astype(int)
    return np.concatenate(
        [
            rng.multivariate_normal(mean, S, size)
            for mean, S, size in zip(means, covariances, sizes, strict=True)
        ]
    )


def read_mixture(value, x, K):
    """Read what `fit_mog` returned, of the shapes and with the properties of every mixture."""
    n, d = x.shape
    order = "The order of the results is: labels, m, S, p."
    labels, m, S, p = expect_results(value, "labels", "m", "S", "p")
    labels = expect_array(labels, "labels", shape=(n,), integer=True, hint=order)
    m = expect_array(m, "m", shape=(K, d), hint=order)
    S = expect_array(S, "S", shape=(K, d, d), hint=order)
    p = expect_array(p, "p", shape=(K,), hint=order)
    _expect_labels(labels, K)
    expect_true(
        np.all(p >= 0) and abs(p.sum() - 1) < 1e-6,
        f"The weights p should not be negative and add up to one, but they are {_list(p)}, in sum {p.sum():.6g}.",
    )
    expect_close(
        S,
        np.swapaxes(S, 1, 2),
        "S",
        rtol=0,
        atol=1e-8 * np.abs(S).max(),
        hint="A covariance is symmetric.",
    )
    smallest = np.linalg.eigvalsh(S).min(axis=1)
    worst = int(smallest.argmin())
    expect_true(
        smallest[worst] > -1e-9 * np.abs(S).max(),
        f"S[{worst}] is no covariance: its smallest eigenvalue is {smallest[worst]:.3g}.",
    )
    return labels, m, S, p


def expect_one_cluster(value, x):
    """Expect the closed form of one cluster: mean and biased covariance of the data."""
    _, m, S, p = read_mixture(value, x, 1)
    n = len(x)
    covariance = np.cov(x.T, bias=True)
    scale = np.sqrt(np.diag(covariance))
    expect_close(p, [1.0], "p", hint="A single cluster has all the weight.")
    expect_close(
        m[0],
        x.mean(axis=0),
        "m[0]",
        rtol=0,
        atol=1e-4 * scale,
        hint="It should be the mean of all points.",
    )
    # 0.2 % of the standard deviations lets a small ridge on the diagonal pass and sees N − 1 for N.
    expect_close(
        S[0], covariance, "S[0]", rtol=0, atol=2e-3 * np.outer(scale, scale),
        misconceptions={
            "the covariance is normalised by N_k − 1: the M-step divides by N_k": covariance * n / (n - 1),
            "only the variances on the diagonal are estimated": np.diag(np.diag(covariance)),
            "the points' mean was not subtracted": x.T @ x / n,
            "the sum over the points was not divided by N_k": covariance * n,
        },
        hint="With one cluster S[0] is the biased covariance of all points.",
    )  # fmt: skip


# mog_bic


@check("mog_bic", points=0.3)
def two_identical_clusters_are_one_gaussian(mog_bic, rng):
    """Two clusters alike but for their weights, .3 and .7, have the LL of a single Gaussian."""
    n = 30
    mean, sd = np.array([1.0, -1.0]), np.array([0.5, 3.0])
    x = mean + sd * rng.standard_normal((n, 2))
    _, LL = read_bic(
        mog_bic.once(
            x, np.stack([mean, mean]), np.stack([np.diag(sd**2)] * 2), np.array([0.3, 0.7])
        )
    )
    # The dimensions are independent here, so the density is a product of two normal ones.
    expected = stats.norm.logpdf(x, mean, sd).sum()
    expect_close(
        LL, expected, "LL", rtol=1e-6,
        misconceptions={
            "the results are in another order: return bic, LL": _value_of_bic(expected, 11, n),
            "this is the mean over the points: LL is the sum": expected / n,
            "the mixing weights p[k] are missing": expected + n * np.log(2),
            "only the best cluster of each point counts: sum over clusters": expected + n * np.log(0.7),
            "the factor (2π)^(−d/2) of the Gaussian is missing": expected + n * np.log(2 * np.pi),
            "the log-determinant has the wrong sign": expected + 2 * n * np.log(sd).sum(),
            "the determinant of S is missing": expected + n * np.log(sd).sum(),
            "the sign is turned round: LL is not the negative log-likelihood": -expected,
        },
        hint="LL = Σ over points of log Σ over clusters of p[k]·N(x; m[k], S[k]).",
    )  # fmt: skip


@check("mog_bic", points=0.3)
def the_bic_is_the_likelihood_and_a_penalty(mog_bic, rng):
    """Whatever LL is, bic = −2·LL + P·ln N; a mixture of two clusters in two dimensions has P = 11."""
    x = draw_clusters(rng, 60, MEANS, COVARIANCES, WEIGHTS)
    expect_penalty(mog_bic(x, MEANS[:2], COVARIANCES[:2], np.array([0.4, 0.6])), 2, 2, 11, len(x))


def read_bic(value):
    """Read what `mog_bic` returned: two numbers, bic and LL."""
    hint = "The order of the results is: bic, LL."
    bic, LL = expect_results(value, "bic", "LL")
    return expect_number(bic, "bic", hint=hint), expect_number(LL, "LL", hint=hint)


def expect_penalty(value, K, d, P, n):
    """Expect bic = −2·LL + P·ln N with the LL that the answer itself returned."""
    bic, LL = read_bic(value)
    misconceptions = {
        "the results are in another order: return bic, LL": (P * np.log(n) - LL) / 2,
        "you subtract the penalty: it should be added": _value_of_bic(LL, -P, n),
        "LL counts only once: the BIC has −2·LL": -LL + P * np.log(n),
        "LL enters with the wrong sign": 2 * LL + P * np.log(n),
        "the penalty is 2·P, which is the AIC": -2 * LL + 2 * P,
        "the penalty takes log10: it is the natural logarithm, ln N": -2 * LL + P * np.log10(n),
        "the penalty takes log2: it is the natural logarithm, ln N": -2 * LL + P * np.log2(n),
        "the penalty takes the logarithm of x.size: N is the number of points": _value_of_bic(
            LL, P, n * d
        ),
        "the penalty is half as large as it should be": _value_of_bic(LL, P / 2, n),
    }
    for sentence, count in _wrong_counts(K, d).items():
        misconceptions[f"{sentence} (n_parameters)"] = _value_of_bic(LL, count, n)
    expect_close(
        bic, _value_of_bic(LL, P, n), f"bic for K = {K}, d = {d} and the LL you returned ({LL:.6g})", rtol=1e-9, atol=1e-6,
        misconceptions=misconceptions,
        hint=f"bic = −2·LL + P·ln N with P = {P} and N = {n}. If n_parameters lost points, repair it first.",
    )  # fmt: skip


def _value_of_bic(LL, P, n):
    return -2 * LL + P * np.log(n)


# n_parameters


@check("n_parameters", points=0.2)
def a_few_mixtures_are_counted_right(n_parameters):
    """Three Gaussians in the plane have 17 free parameters, two in 12 dimensions 181, one on a line 2."""
    for K, d, P in ((3, 2, 17), (2, 12, 181), (1, 1, 2)):
        expect_count(n_parameters, K, d, P)


def expect_count(n_parameters, K, d, P):
    """Expect `n_parameters(K, d)` to be P, and recognise the usual ways to miscount."""
    expect_close(
        expect_integer(n_parameters(K, d), f"n_parameters({K}, {d})"), P, f"n_parameters({K}, {d})", rtol=0,
        misconceptions=_wrong_counts(K, d),
        hint="Count the free numbers in the weights, the means and the symmetric covariances.",
    )  # fmt: skip


def _wrong_counts(K, d):
    weights, means, covariances = K - 1, K * d, K * d * (d + 1) // 2
    return {
        "all K weights were counted: they add up to one, so K − 1 are free": K
        + means
        + covariances,
        # The two mistakes of the next sentence give the same number for every K and d.
        "the means are missing, or each covariance was counted as d(d − 1)/2, which leaves out the"
        " variances on the diagonal": weights + covariances,
        "each covariance was counted as d(d + 1): a symmetric matrix has half of that": (
            weights + means + 2 * covariances
        ),
        "all d² entries of each covariance were counted: it is symmetric": (
            weights + means + means * d
        ),
        "only the variances on the diagonal were counted, the covariances are missing": (
            weights + means + means
        ),
        "the weights are missing": means + covariances,
    }


# select_n_clusters


@check("select_n_clusters", points=0.2)
def one_row_per_seed_and_one_column_per_k(select_n_clusters, rng):
    """`bic` has shape (n_seeds, len(K)) and `best_K` is an element of K, which need not be sorted."""
    x = draw_clusters(rng, 150, MEANS, COVARIANCES, WEIGHTS)
    run_selection(select_n_clusters, x, [2, 1, 3], 2)


@check("select_n_clusters", points=0.2)
def the_choice_has_the_smallest_bic(select_n_clusters, rng):
    """`best_K` is the K whose column of `bic` holds the smallest value."""
    K = [2, 1]
    x = rng.standard_normal((200, 3))
    x[80:] += [9.0, -6.0, 6.0]
    best_K, bic = run_selection(select_n_clusters, x, K, 2)
    # The mean or the median over the seeds is as good. Which K it is depends on luck: not asked.
    by = {int(K[summary(bic, axis=0).argmin()]) for summary in (np.min, np.mean, np.median)}
    expect_true(
        best_K in by,
        f"best_K is {best_K}, which has not the smallest BIC: the smallest per K = {K} is"
        f" {_list(bic.min(axis=0))}. A smaller BIC is better.",
    )


def run_selection(select_n_clusters, x, K, n_seeds):
    """Call `select_n_clusters` and read best_K, an element of K, and bic (n_seeds, len(K))."""
    with advising("", CARRIED):
        value = select_n_clusters(x, K, n_seeds)
    order = "The order of the results is: best_K, bic."
    best_K, bic = expect_results(value, "best_K", "bic")
    bic = expect_array(
        bic,
        "bic",
        shape=(n_seeds, len(K)),
        hint=f"Its shape is (n_seeds, len(K)), a row per seed. {order}",
    )
    best_K = expect_integer(best_K, "best_K", hint=order)
    expect_true(
        best_K in K,
        f"best_K is {best_K}, which is no element of K = {K}."
        + (" Is it the index of the best K? Return K[index]." if 0 <= best_K < len(K) else ""),
    )
    return best_K, bic


@contextlib.contextmanager
def advising(before, after):
    """Put words around the message of an expectation that is not met in this block."""
    try:
        yield
    except NotAnswered:
        raise
    except CheckFailed as error:
        raise type(error)(f"{before}{error} {after}") from None


def _expect_labels(labels, K):
    expect_within(
        labels, 0, K - 1, "labels",
        hint="Clusters are numbered from 0 to K − 1." + (" Yours start at 1." if labels.max() == K else ""),
    )  # fmt: skip


def _list(values):
    return "[" + ", ".join(f"{value:.5g}" for value in values) + "]"
