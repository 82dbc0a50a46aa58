"""What a student can check in lab 01, mixtures of Gaussians on data whose truth is known."""

import contextlib

import numpy as np
from scipy import stats
from scipy.optimize import linear_sum_assignment

from . import (
    FALSE_ALARM,
    CheckFailed,
    NotAnswered,
    check,
    expect_array,
    expect_close,
    expect_frequencies,
    expect_integer,
    expect_mean,
    expect_number,
    expect_reproducible,
    expect_results,
    expect_true,
    expect_within,
    same,
)

MEANS = np.array([[0.0, 0.0], [5.0, 1.0], [0.0, 4.0]])
COVARIANCES = np.array([[[1, 0], [0, 1]], [[2, 1], [1, 2]], [[1, -0.5], [-0.5, 1]]], float)
WEIGHTS = np.array([0.3, 0.5, 0.2])
# Two clusters that overlap: crossed ellipses of unequal weight, and a narrow cluster in a broad one.
CROSSED = (
    np.array([[0.0, 0.0], [2.0, 0.0]]),
    np.array([[[1.0, 0.8], [0.8, 1.0]], [[1.0, -0.8], [-0.8, 1.0]]]),
    np.array([0.8, 0.2]),
)
NESTED = (
    np.array([[0.0, 0.0], [0.5, 0.0]]),
    np.array([np.eye(2), 16 * np.eye(2)]),
    np.array([0.35, 0.65]),
)
STAY_IN_LOGS = "The logarithm is infinite where a density underflows to 0: add up log densities with log-sum-exp."
CARRIED = (
    "Did fit_mog, mog_bic or n_parameters lose points? Repair them first, they are called here."
)

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "sample_data": "other dimensions and many clusters",
    "fit_mog": "the log-likelihood from iteration to iteration and at the optimum, far clusters in six dimensions"
    " and correlated ones in twelve",
    "mog_bic": "correlated clusters in twelve dimensions, stretched and turned data and other sizes",
    "n_parameters": "other numbers of clusters and dimensions",
    "select_n_clusters": "other dimensions, overlapping clusters and how close the runs come to the optimum",
}

# sample_data


@check("sample_data", points=0.1)
def a_label_and_a_point_for_every_sample(sample_data):
    """`labels` holds one whole number from 0 to K − 1 per sample, `x` one row per sample."""
    labels, x = read_sample(
        sample_data.once(101, MEANS, COVARIANCES, WEIGHTS, random_seed=3), 101, MEANS
    )
    expect_scatter(labels, x, MEANS, COVARIANCES)


@check("sample_data", points=0.15)
def points_lie_around_the_mean_of_their_cluster(sample_data):
    """The points that carry label k have mean `m[k]`, up to chance."""
    labels, x = read_sample(
        sample_data.once(1000, MEANS, COVARIANCES, WEIGHTS, random_seed=1), 1000, MEANS
    )
    expect_scatter(labels, x, MEANS, COVARIANCES)
    for k, (mean, S) in enumerate(zip(MEANS, COVARIANCES, strict=True)):
        expect_true(
            np.any(labels == k), f"None of 1000 points has label {k}, although its weight is not 0."
        )
        expect_mean(
            x[labels == k], mean, np.sqrt(np.diag(S)), f"the points with label {k}",
            hint="Does row i of x belong to the cluster that labels[i] names?",
        )  # fmt: skip


@check("sample_data", points=0.15)
def points_scatter_as_their_covariance_says(sample_data, rng):
    """The points of a cluster have its covariance, correlations included, also in three dimensions."""
    scale = rng.uniform(0.7, 1.5)
    S = scale * np.array(
        [
            [[4.0, 1.5, 0.0], [1.5, 1.0, 0.2], [0.0, 0.2, 0.5]],
            [[0.5, 0.0, 0.6], [0.0, 2.0, 1.0], [0.6, 1.0, 3.0]],
        ]
    )
    m = rng.normal(0, 5, (2, 3))
    seed = int(rng.integers(2**31))
    labels, x = read_sample(
        sample_data(2000, m, S, np.array([0.55, 0.45]), random_seed=seed), 2000, m
    )
    for k in range(2):
        expect_covariance(x[labels == k] - m[k], S[k], f"the points with label {k}")


@check("sample_data", points=0.15)
def cluster_sizes_vary_around_the_weights(sample_data, rng):
    """Every point draws its cluster with probabilities p, independently, so sizes vary from seed to seed."""
    p = rng.permutation([0.45, 0.35, 0.2])
    counts = []
    for seed in rng.choice(10_000, 4, replace=False):
        labels, _ = read_sample(
            sample_data(1000, MEANS, COVARIANCES, p, random_seed=int(seed)), 1000, MEANS
        )
        counts.append(np.bincount(labels, minlength=3))
        expect_frequencies(counts[-1], p, "cluster sizes", hint="Are the weights p used?")
    # The same three sizes for four seeds happen by chance once in 1e8 times.
    expect_true(
        any(not np.array_equal(counts[0], other) for other in counts[1:]),
        f"The cluster sizes are {counts[0].tolist()} for each of four seeds. Independent draws vary: draw the"
        " cluster of every point with probabilities p instead of giving each cluster a fixed share.",
    )


@check("sample_data", points=0.15)
def the_seed_decides_the_sample(sample_data, rng):
    """The same `random_seed` gives the same sample again; another one gives another sample."""
    m, S = MEANS + rng.normal(size=2), rng.uniform(1, 2) * COVARIANCES
    first, second = (int(seed) for seed in rng.choice(10_000, 2, replace=False))
    result = expect_reproducible(sample_data, 60, m, S, WEIGHTS, random_seed=first)
    labels, x = read_sample(result, 60, m)
    expect_scatter(labels, x, m, S)
    _, other = read_sample(sample_data(60, m, S, WEIGHTS, random_seed=second), 60, m)
    expect_true(
        not np.array_equal(x, other),
        "Two different seeds give the same points: random_seed is not used. Write"
        " np.random.default_rng(random_seed) inside the function.",
    )


def read_sample(value, n_samples, means):
    """Read what `sample_data` returned: labels (n,) of int and x (n, d)."""
    order = "The order of the results is: labels, x."
    labels, x = expect_results(value, "labels", "x")
    labels = expect_array(labels, "labels", shape=(n_samples,), integer=True, hint=order)
    x = expect_array(x, "x", shape=(n_samples, means.shape[1]), hint=order)
    _expect_labels(labels, len(means))
    return labels, x


def expect_scatter(labels, x, m, S):
    """Expect points that scatter about the means of their clusters, no two of them the same."""
    expect_true(
        len(np.unique(x, axis=0)) == len(x),
        "Some points of x are exactly the same: draw noise for every point.",
    )
    expect_true(
        np.ptp(labels) > 0, f"Every label is {labels[0]}: all clusters have weights above 0."
    )
    # A normal value is 20 standard deviations off once in 1e88 times; mistakes in S stay below that.
    off = np.abs(x - m[labels]) / np.sqrt(np.array([np.diag(C) for C in S]))[labels]
    expect_true(
        off.max() < 20,
        f"x[{int(off.max(axis=1).argmax())}] is {off.max():.3g} standard deviations away from the mean of the cluster"
        " that its label names. Does row i of x belong to the cluster that labels[i] names?",
    )


def expect_covariance(y, S, what):
    """Expect centred normal samples (n, d) to have covariance S, at a false-alarm rate of 1e-6."""
    n, d = y.shape
    expect_true(n > 1, f"Only {n} of 2000 are {what}.")
    # Along a direction a, n·(mean square)/(aᵀSa) is chi-squared; the sums of two axes see correlations.
    directions = np.array(
        [np.eye(d)[i] + (i != j) * np.eye(d)[j] for i in range(d) for j in range(i, d)]
    )
    tail = FALSE_ALARM / 2 / len(directions)
    low, high = stats.chi2.ppf(tail, n) / n, stats.chi2.isf(tail, n) / n
    found = ((y @ directions.T) ** 2).mean(axis=0)

    def fits(C):
        ratio = found / np.einsum("ai,ij,aj->a", directions, C, directions)
        return np.all((low <= ratio) & (ratio <= high))

    if fits(S):
        return
    L = np.linalg.cholesky(S)
    mistakes = {
        "the noise was multiplied by S where a square root of S belongs": S @ S,
        "the Cholesky factor is transposed: x = m + L z with S = L Lᵀ": L.T @ L,
        "the dimensions were drawn uncorrelated: the entries of S beside its diagonal are not used": (
            np.diag(np.diag(S))
        ),
        "variances were used where standard deviations belong": np.diag(np.diag(S) ** 2),
        "the noise has unit variance: S is not used": np.eye(d),
        "all coordinates of a point share one noise value: draw d of them per point": (
            np.outer(L.sum(axis=1), L.sum(axis=1))
        ),
    }
    suspects = [f" It looks as if {sentence}." for sentence, C in mistakes.items() if fits(C)]
    with np.printoptions(precision=2, suppress=True):
        expect_true(
            False,
            f"The covariance of {what} should be {S.tolist()} up to chance, but it is"
            f" {np.round(y.T @ y / n, 2).tolist()}.{suspects[0] if suspects else ''}",
        )


# fit_mog


@check("fit_mog", points=0.2)
def the_results_have_the_right_form(fit_mog, rng):
    """labels (n,) from 0 to K − 1, m (K, d), covariances S (K, d, d) and weights p (K,), in this order."""
    x = draw_clusters(rng, 150, MEANS, COVARIANCES, WEIGHTS)
    read_mixture(fit_mog(x, 3), x, 3)
    expect_told_apart(fit_mog, x, 3)


@check("fit_mog", points=0.3)
def one_cluster_is_the_sample_mean_and_covariance(fit_mog, rng):
    """With one cluster EM has a closed form, for any d: the sample mean and the biased covariance."""
    A = np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.5, -1.0, 1.5]])
    x = rng.standard_normal((50, 3)) @ A.T + [1.0, -2.0, 3.0]
    with advising("", "It should work in any number of dimensions: d is x.shape[1]."):
        fitted = fit_mog(x, 1, n_iters=3)
    expect_one_cluster(fitted, x)


@check("fit_mog", points=0.2)
def the_weighted_means_average_to_the_mean_of_the_data(fit_mog, rng):
    """After every M-step Σ p[k]·m[k] is the mean of all points, however many iterations were run."""
    x = draw_clusters(rng, 200, MEANS, COVARIANCES, WEIGHTS)
    for n_iters in (1, 4):
        _, m, _, p = read_mixture(fit_mog(x, 3, n_iters=n_iters), x, 3)
        # Exact up to rounding; the margin leaves room for a tiny number added to N_k against 0/0.
        expect_close(
            p @ m, x.mean(axis=0), f"Σ p[k]·m[k] after {iterations(n_iters)}", rtol=0, atol=1e-4,
            hint="Are p and m computed from the same responsibilities and the same N_k, and do the"
            " responsibilities of a point add up to one over the clusters?",
        )  # fmt: skip
    expect_told_apart(fit_mog, x, 3)


@check("fit_mog", points=0.2)
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


@check("fit_mog", points=0.3)
def covariances_within_and_between_add_up(fit_mog, rng):
    """After every M-step Σ p[k]·(S[k] + (m[k] − x̄)(m[k] − x̄)ᵀ) is the biased covariance of the data."""
    means = np.array([[0.0, 0, 0], [4, 0, 1], [0, 3, -3], [-2, -2, 4]])
    within = [[1.0, 0.6, 0.0], [0.6, 1.0, 0.3], [0.0, 0.3, 0.5]]
    x = draw_clusters(rng, 100, means, [np.array(within)] * 4, [0.3, 0.3, 0.2, 0.2])
    for n_iters in (1, 3):
        _, m, S, p = read_mixture(fit_mog(x, 4, n_iters=n_iters), x, 4)
        expect_total_covariance(m, S, p, x, n_iters)
    expect_told_apart(fit_mog, x, 4)


@check("fit_mog", points=0.2)
def overlapping_clusters_are_found(fit_mog, rng):
    """Where clusters of unequal weight overlap, the best of ten seeds is close to the truth."""
    x, *truth = draw_overlapping(rng, 1000, CROSSED)
    expect_recovered(
        fit_mog, x, truth, 0.04, 0.3,
        "Do the responsibilities contain the mixing weights and each log-density once, do they add up to one over"
        " the clusters, and does every point count for all clusters in proportion to them?",
    )  # fmt: skip


@check("fit_mog", points=0.2)
def every_iteration_counts(fit_mog, rng):
    """A broad cluster around a narrow one takes many iterations: 100 of them get further than 15."""
    x, *_ = draw_overlapping(rng, 300, NESTED)
    for seed in range(3):  # one start may be lucky
        after = [read_mixture(fit_mog(x, 2, n_iters=n, random_seed=seed), x, 2) for n in (15, 100)]
        if any(np.abs(a - b).max() > 3e-3 for a, b in zip(after[0][1:], after[1][1:], strict=True)):
            return expect_one_broad(fit_mog, x)
    expect_true(
        False,
        "100 iterations give the same m, S and p as 15, from each of three seeds. Do you run all n_iters"
        " iterations, and does the function return after the loop, not inside it?",
    )


@check("fit_mog", points=0.2)
def twelve_dimensions_work(fit_mog, rng):
    """In twelve dimensions the best of ten seeds finds two clusters that lie apart."""
    m = np.stack([np.zeros(12), np.full(12, 40.0)]) + 10 * rng.normal(size=12)
    S = np.stack([100 * np.eye(12), 25 * np.eye(12)])
    x = np.concatenate(
        [draw_exactly(rng, n, *each) for n, *each in zip((90, 60), m, S, strict=True)]
    )
    expect_recovered(
        fit_mog, x, (m, S, np.array([0.6, 0.4])), 0.02, 2.0,
        "Are all n_iters iterations run, and the densities kept as logarithms, with nothing added to them inside log or"
        " before the division? In 12 dimensions a density of 1e-20 is nothing unusual.",
    )  # fmt: skip


@check("fit_mog", points=0.2)
def labels_are_the_likeliest_clusters(fit_mog, rng):
    """For at least 99 % of the points the label is the likeliest cluster under the returned parameters."""
    x, *_ = draw_overlapping(rng, 500, CROSSED)
    for seed in range(5):  # an unlucky start may leave a cluster without points
        fitted = fit_mog(x, 2, n_iters=100, random_seed=seed)
        labels, m, S, p = read_mixture(fitted, x, 2)
        if np.bincount(labels, minlength=2).min() >= 30:  # 100 have the rarer cluster's
            break
    else:
        expect_true(False, "Nearly all of 500 points have the same label, from each of five seeds.")
    first, second = (
        stats.multivariate_normal.logpdf(x, m[k], S[k], allow_singular=True) for k in range(2)
    )
    # p[0]·N₀ < p[1]·N₁, in logarithms
    agree = np.mean(labels == (first - second < np.log(p[1] / p[0])))
    nearest = np.mean(labels == np.linalg.norm(x[:, None] - m, axis=2).argmin(axis=1))
    expect_true(
        agree >= 0.99,
        f"Only {agree:.1%} of the labels name the cluster with the largest p[k]·N(x; m[k], S[k])."
        + (" They name the cluster with the nearest mean." if nearest > 0.99 else "")
        + " labels is the argmax of the responsibilities, numbered like m, S and p.",
    )


@check("fit_mog", points=0.2)
def the_seed_decides_the_start(fit_mog, rng):
    """The same `random_seed` gives the same fit again, and different seeds start EM in different places."""
    x = rng.uniform(size=(80, 2))  # without clusters there is no solution that all starts agree on
    expect_told_apart(fit_mog, draw_clusters(rng, 150, MEANS, COVARIANCES, WEIGHTS), 3)
    seeds = [int(seed) for seed in rng.choice(10_000, 4, replace=False)]
    first = expect_reproducible(fit_mog, x, 6, n_iters=2, random_seed=seeds[0])
    others = [fit_mog(x, 6, n_iters=2, random_seed=seed) for seed in seeds[1:]]
    expect_true(
        not all(same(first, other) for other in others),
        "Four different seeds give the same result on data without clusters: every run starts in the same"
        " place, so more seeds cannot help against local optima. Is random_seed used?",
    )


@check("fit_mog", points=0.3)
def far_points_do_not_underflow(fit_mog, rng):
    """Points at a distance of 1000 leave every result finite and count like all others."""
    x = rng.standard_normal((2000, 2))
    x[0] = 1000 * np.array([np.cos(angle := rng.uniform(0, 2 * np.pi)), np.sin(angle)])
    x[:, 0] += 0.5 * x[:, 1]
    # In a cluster of n points an outlier has a squared distance near n: exp(−n/2) underflows.
    with advising(
        "With points at a distance of 1000: ",
        "The density of a cluster far away underflows to 0: keep to log densities and subtract the largest of each"
        " point before exp (log-sum-exp).",
    ):
        expect_one_cluster(fit_mog(x, 1, n_iters=2), x)
        y = draw_clusters(rng, 120, [[0, 0], [1000, -1000]], [np.eye(2)] * 2, [0.5, 0.5])
        _, m, _, p = read_mixture(fit_mog(y, 2, n_iters=10), y, 2)
        expect_close(p @ m, y.mean(axis=0), "Σ p[k]·m[k]", rtol=0, atol=0.01)
    expect_told_apart(fit_mog, y, 2)


@check("fit_mog", points=0.2)
def repeated_points_and_spare_clusters_do_no_harm(fit_mog, rng):
    """Five distinct points, each many times, and eight clusters: singular covariances do not stop the fit."""
    x = np.repeat(rng.normal(0, 3, (5, 2)), 14, axis=0)
    with advising(
        "With repeated points: ",
        "A cluster that has shrunk onto one point has a singular covariance: add a little to its diagonal (1e-6,"
        " say), and leave a cluster without points as it is.",
    ):
        read_mixture(fit_mog(x, 8, n_iters=60), x, 8)
        expect_told_apart(fit_mog, x, 8)


def draw_clusters(rng, n, means, covariances, weights):
    """Points of a mixture with fixed cluster sizes: less noisy data for checks than real draws."""
    sizes = np.rint(n * np.asarray(weights)).astype(int)
    return np.concatenate(
        [
            rng.multivariate_normal(mean, S, size)
            for mean, S, size in zip(means, covariances, sizes, strict=True)
        ]
    )


def draw_exactly(rng, n, mean, S):
    """Draw n points that have just this mean and this biased covariance."""
    z = rng.standard_normal((n, len(mean)))
    z -= z.mean(axis=0)
    z = np.linalg.solve(np.linalg.cholesky(z.T @ z / n), z.T)
    return mean + (np.linalg.cholesky(S) @ z).T


def draw_overlapping(rng, n, mixture):
    """Points (n, 2) of a mixture turned and shifted at random, its means, covariances and weights."""
    m, S, p = mixture
    c, s = np.cos(angle := rng.uniform(0, 2 * np.pi)), np.sin(angle)
    turn, shift = np.array([[c, -s], [s, c]]), 3 * rng.standard_normal(2)
    m, S = m @ turn.T + shift, turn @ S @ turn.T
    sizes = np.rint(n * p).astype(int)
    points = [draw_exactly(rng, *each) for each in zip(sizes, m, S, strict=True)]
    return np.concatenate(points), m, S, p


def expect_recovered(fit_mog, x, truth, weight, mean, hint):
    """Expect one of ten seeds to find two clusters, weights and means within margins: bad luck is forgiven."""
    true_m, _, true_p = truth
    errors = []
    for seed in range(10):
        _, m, _, p = read_mixture(fit_mog(x, 2, n_iters=100, random_seed=seed), x, 2)
        errors += [
            (np.abs(p[o] - true_p).max(), np.abs(m[o] - true_m).max()) for o in ([0, 1], [1, 0])
        ]
        if any(p_off <= weight and m_off <= mean for p_off, m_off in errors[-2:]):
            return
    p_off, m_off = min(errors, key=lambda error: error[0] / weight + error[1] / mean)
    expect_true(
        False,
        "None of ten runs of 100 iterations found the two clusters. In the best one the weights are off by"
        f" {p_off:.2g} (at most {weight:.2g}) and the means by {m_off:.2g} (at most {mean:.2g}). {hint}",
    )


def expect_told_apart(fit_mog, x, K):
    """Expect points to be nearer to their cluster's mean than to that of all points, from one of ten seeds.

    A fit that leaves all clusters alike has many of the properties of one that does not.
    """
    total, left = np.sum((x - x.mean(axis=0)) ** 2), []
    for seed in range(10):  # an unlucky start is no mistake
        labels, m, _, _ = read_mixture(fit_mog(x, K, n_iters=50, random_seed=seed), x, K)
        left.append(np.sum((x - m[labels]) ** 2) / total)
        if left[-1] < 0.75:
            return
    expect_true(
        False,
        "None of ten runs of 50 iterations tells clear clusters apart: the squared distances of the points from m at"
        f" their labels are {min(left):.0%} of those from the mean of all points. Does every cluster start in a"
        " place of its own, and is it updated with its own responsibilities?",
    )


def expect_one_broad(fit_mog, x):
    """Expect one of two clusters to become much broader than the other, from one of five seeds."""
    ratios = []
    for seed in range(5):
        _, _, S, _ = read_mixture(fit_mog(x, 2, n_iters=100, random_seed=seed), x, 2)
        small, large = np.sort(np.trace(S, axis1=1, axis2=2))
        ratios.append(large / max(small, 1e-12))
        if 3 < ratios[-1] < 100:
            return
    expect_true(
        False,
        "One cluster is about 16 times as broad as the other, but after 100 iterations from each of five seeds the"
        f" traces of S have the ratios {_list(ratios)}.",
    )


def iterations(n):
    """How many iterations, in words: "1 iteration", "3 iterations"."""
    return f"{n} iteration{'s' if n > 1 else ''}"


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
    # Normalised over the points, the shares of every cluster add up to 1 and not to its N_k.
    over_points = np.isclose(p.sum(), K / n, rtol=0.01)
    expect_true(
        np.all(p >= 0) and abs(p.sum() - 1) < 1e-6,
        f"The weights p should not be negative and add up to one, but they are {_list(p)}, in sum {p.sum():.3g}."
        + (
            " It looks as if the responsibilities are normalised over the points."
            if over_points
            else ""
        )
        + " The responsibilities of every point add up to one over the clusters, and p[k] = N_k / N.",
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


def expect_total_covariance(m, S, p, x, n_iters):
    """Expect the law of total covariance, which holds exactly after an M-step."""
    expected = np.cov(x.T, bias=True)

    def total(S):
        between = m - x.mean(axis=0)
        return np.einsum("k,kij->ij", p, S) + (p * between.T) @ between

    # A ridge of 1e-6…1e-4 on the diagonal is below this margin, N_k − 1 for N_k is above it.
    margin = 1e-3 * np.trace(expected)
    N_k = len(x) * p[:, None, None] + 1e-12
    off_diagonal = S[:, ~np.eye(S.shape[1], dtype=bool)]
    repaired = {
        "each covariance is normalised by N_k − 1: the M-step divides by N_k": S * (N_k - 1) / N_k,
        "the covariances are divided by N: each is divided by its own N_k": S * len(x) / N_k,
    }
    looks = [
        f" It looks as if {why}."
        for why, C in repaired.items()
        if np.abs(total(C) - expected).max() < margin
    ]
    if not off_diagonal.any():
        looks = [
            " Every S[k] is diagonal: the M-step also estimates the covariances between dimensions."
        ]
    gap = total(S) - expected
    if not looks and np.linalg.eigvalsh(gap)[0] > -margin:
        looks = [
            " It is too large: are the deviations taken from the new means, not from those before the M-step?"
        ]
    worst = np.unravel_index(np.abs(gap).argmax(), gap.shape)
    expect_true(
        np.abs(gap).max() < margin,
        f"After {iterations(n_iters)} the covariances S do not fit the data: entry {tuple(map(int, worst))} of the total"
        f" covariance is {total(S)[worst]:.3g} but {expected[worst]:.3g} in the data.{looks[0] if looks else ''}"
        " S[k] is the mean of (x − m[k])(x − m[k])ᵀ weighted by the responsibilities, with m[k] just updated.",
    )


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


@check("mog_bic", points=0.2)
def the_bic_is_the_likelihood_and_a_penalty(mog_bic, rng):
    """Whatever LL is, bic = −2·LL + P·ln N; a mixture of two clusters in two dimensions has P = 11."""
    x = draw_clusters(rng, 60, MEANS, COVARIANCES, WEIGHTS)
    expect_penalty(mog_bic(x, MEANS[:2], COVARIANCES[:2], np.array([0.4, 0.6])), 2, 2, 11, len(x))
    expect_penalty(mog_bic(x, MEANS, COVARIANCES, WEIGHTS), 3, 2, 17, len(x))


@check("mog_bic", points=0.25)
def clusters_far_apart_add_up(mog_bic, rng):
    """In twelve dimensions and so far apart that each point has one cluster only, Gaussians add up."""
    p, d = np.array([0.25, 0.75]), 12
    sizes, sds = np.array([20, 40]), np.array([10.0, 30.0])
    m = np.array([[0.0], [1e4]]) + rng.normal(size=(2, d))
    parts = [m[k] + sds[k] * rng.standard_normal((sizes[k], d)) for k in range(2)]
    own = [stats.norm.logpdf(y, m[k], sds[k]).sum() for k, y in enumerate(parts)]
    S = np.stack([sd**2 * np.eye(d) for sd in sds])
    with advising("With clusters 10,000 apart: ", STAY_IN_LOGS):
        _, LL = read_bic(mog_bic(np.concatenate(parts), m, S, p))
        expect_close(
            LL, sum(own) + sizes @ np.log(p), "LL", rtol=1e-6,
            misconceptions={"the mixing weights p[k] are missing": sum(own)},
        )  # fmt: skip


@check("mog_bic", points=0.25)
def a_far_point_has_a_finite_logarithm(mog_bic, rng):
    """A point at a distance of 1000 has a very small density but a finite logarithm of it."""
    mean = rng.normal(size=2)
    x = mean + rng.standard_normal((40, 2))
    x[rng.integers(40)] = [1000.0, -700.0]
    with advising("With a point at a distance of 1000: ", STAY_IN_LOGS):
        # A third cluster, anywhere in the list, is so far away that it only takes its weight from the others.
        third, own = rng.integers(3), stats.norm.logpdf(x, mean).sum()
        m = np.insert(np.stack([mean, mean]), third, mean + 1e6, axis=0)
        p = np.insert([0.3, 0.45], third, 0.25)
        _, LL = read_bic(mog_bic(x, m, np.stack([np.eye(2)] * 3), p))
        expect_close(
            LL, own + len(x) * np.log(0.75), "LL", rtol=1e-9,
            misconceptions={"the mixing weights p[k] are missing": own + len(x) * np.log(2)},
        )  # fmt: skip


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
        "all signs are turned round: BIC = −2·LL + P·ln N, and smaller is better": 2 * LL
        - P * np.log(n),
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


@check("n_parameters", points=0.3)
def a_few_mixtures_are_counted_right(n_parameters, rng):
    """Three Gaussians in the plane have 17 free parameters, two in 12 dimensions 181, one on a line 2."""
    for K, d, P in ((3, 2, 17), (2, 12, 181), (1, 1, 2)):
        expect_count(n_parameters, K, d, P)
    # Each further Gaussian has as many, and one weight.
    K = int(rng.integers(4, 40))
    for d, each in ((2, 6), (12, 91), (1, 3)):
        expect_count(n_parameters, K, d, K * each - 1)


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
def every_column_belongs_to_its_k(select_n_clusters, rng):
    """`bic` has shape (n_seeds, len(K)), columns in the order of K; the one of K = 1 has a closed form."""
    x = draw_clusters(rng, 100, MEANS, COVARIANCES, WEIGHTS)
    n, K = len(x), [2, 1]
    _, bic = run_selection(select_n_clusters, x, K, 2)
    # The log-likelihood of one Gaussian with the mean and the biased covariance of the data.
    LL = -n / 2 * (2 * np.log(2 * np.pi) + np.linalg.slogdet(np.cov(x.T, bias=True))[1] + 2)
    one = np.full(2, _value_of_bic(LL, 5, n))
    turned = np.allclose(bic[:, 0], one, rtol=0, atol=0.2)
    # A small ridge or N_k − 1 for N_k moves it by less than 0.2.
    expect_close(
        bic[:, 1], one, f"the column of bic for K = 1 (K = {K})", rtol=0, atol=0.2,
        misconceptions={
            "the table holds the log-likelihood, not the BIC": np.full(2, LL),
            "the penalty is subtracted, it should be added": np.full(2, _value_of_bic(LL, -5, n)),
        },
        hint=("It stands in column 0: columns keep the order of K. " if turned else "")
        + f"bic[s, j] = −2·LL + P·ln N for K[j] clusters. {CARRIED}",
    )  # fmt: skip


@check("select_n_clusters", points=0.15)
def the_choice_has_the_smallest_bic(select_n_clusters, rng):
    """`best_K` is the K whose column of `bic` holds the smallest value of the whole table."""
    # Two clusters gain 13 nats on one Gaussian and some 40 on two: the penalty is 40 and 11 nats.
    alone = rng.standard_normal((200, 4)) @ rng.standard_normal((4, 4))
    best_K, bic = run_selection(select_n_clusters, alone, [1, 2], 3)
    expect_smallest([1, 2], best_K, bic)
    expect_true(
        best_K == 1, f"best_K should be 1 for points of one Gaussian, but is {best_K}. {CARRIED}"
    )
    for _ in range(6):  # all starts may be unlucky, but not with all of these points
        apart = rng.standard_normal((40, 2))
        apart[20:] += [9.0, -6.0]
        best_K, bic = run_selection(select_n_clusters, apart, [1, 2], 5)
        expect_smallest([1, 2], best_K, bic)
        if best_K == 2:
            break
    expect_true(
        best_K == 2, f"best_K should be 2 for points of two clear clusters, but is 1. {CARRIED}"
    )
    # The wider eight groups are, the less two clusters are worth: halve the interval of widths until the smallest
    # BIC of the seeds speaks for two clusters and the mean, which one bad start spoils, for one.
    K, low, high = [2, 1], 0.8, 4.0
    centres, noise = np.repeat(rng.uniform(0, 10, (8, 4)), 8, axis=0), rng.standard_normal((64, 4))
    for _ in range(6):
        width = np.sqrt(low * high)
        best_K, bic = run_selection(select_n_clusters, centres + width * noise, K, 3)
        expect_smallest(K, best_K, bic)
        if K[bic.mean(axis=0).argmin()] != best_K:
            return
        low, high = (low, width) if best_K == 1 else (width, high)


def expect_smallest(K, best_K, bic):
    """Expect the element of K whose column of bic (n_seeds, len(K)) holds the smallest value."""
    by_mean = best_K == K[bic.mean(axis=0).argmin()] and len(bic) > 1
    expect_true(
        best_K == K[bic.min(axis=0).argmin()],
        f"best_K is {best_K}, but another K has the smallest BIC: the smallest per K = {K} is"
        f" {_list(bic.min(axis=0))}. A smaller BIC is better."
        + (
            " Yours has the smallest mean over the seeds: a bad start says nothing about K, take the minimum."
            if by_mean
            else ""
        ),
    )


@check("select_n_clusters", points=0.2)
def every_row_is_the_run_of_its_seed(select_n_clusters, fit_mog, mog_bic, rng):
    """Row s of `bic` is what your `fit_mog` with `random_seed=s` reaches, for s from 0 to n_seeds − 1."""
    for _ in range(3):  # until the seeds differ
        # Two clusters for eight groups: EM soon ends in one of many optima, depending on the seed.
        x = np.repeat(rng.uniform(0, 10, (8, 4)), 8, axis=0) + rng.normal(0, 0.5, (64, 4))
        runs, repeats = reached(fit_mog, mog_bic, x, 4)
        if not repeats or np.ptp(runs[:3]) > 4:
            break
    _, bic = run_selection(select_n_clusters, x, [2], 3)
    expect_in_reach(bic, runs)
    if not repeats:
        return
    looks = ""
    if np.allclose(bic[:, 0], runs[1:], rtol=0, atol=2):
        looks = " They are those of the seeds 1 to 3: start at 0."
    elif np.ptp(bic) < 1e-3:
        looks = " All rows are the same: pass a different random_seed in every row."
    expect_true(
        np.allclose(bic[:, 0], runs[:3], rtol=0, atol=2),
        f"With the seeds 0 to 2 your fit_mog and mog_bic reach the BIC {_list(runs[:3])}, but the rows of bic are"
        f" {_list(bic[:, 0])}.{looks} {CARRIED}",
    )


@check("select_n_clusters", points=0.15)
def em_runs_for_long_enough(select_n_clusters, fit_mog, mog_bic, rng):
    """Where ten iterations are far too few, no row of `bic` is worse than `fit_mog` with `n_iters=100`."""
    x, *_ = draw_overlapping(rng, 300, NESTED)
    _, bic = run_selection(select_n_clusters, x, [2], 2)
    runs, repeats = reached(fit_mog, mog_bic, x, 2)
    expect_in_reach(bic, runs)
    expect_true(
        not repeats or np.all(bic[:, 0] <= runs + 4),
        f"After 100 iterations your fit_mog reaches the BIC {_list(runs)}, but the rows of"
        f" bic are {_list(bic[:, 0])}. They are larger: EM has not converged, pass n_iters=100 or more. {CARRIED}",
    )


def expect_in_reach(bic, runs):
    """Expect no value that is far from all that the answers' own runs have reached, whatever their seeds."""
    expect_true(
        runs.min() - 60 <= bic.min() and bic.max() <= runs.max() + 60,
        f"After 100 iterations your fit_mog and mog_bic reach the BIC {_list(runs)}, but the rows of bic are"
        f" {_list(bic[:, 0])}. {CARRIED}",
    )


def reached(fit_mog, mog_bic, x, n_seeds):
    """The BIC of the answers' own two clusters after 100 iterations, one per seed, and whether runs repeat.

    If `fit_mog` is not reproducible, that has cost its own points, and no row can be compared with its run.
    """

    def fit(seed, n_iters=100):
        return fit_mog(x, 2, n_iters=n_iters, random_seed=seed)

    def score(fitted):
        _, *parameters = expect_results(fitted, "labels", "m", "S", "p")
        m, S, p = (expect_array(a, name) for a, name in zip(parameters, "mSp", strict=True))
        return read_bic(mog_bic(x, m, S, p))[0]

    with advising("", CARRIED):
        repeats = same(fit(0, n_iters=1), fit(0, n_iters=1))
        return np.array([score(fit(seed)) for seed in range(n_seeds)]), repeats


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
