"""Hidden checks of lab 01, mixtures of Gaussians on data whose truth is known."""

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from helpers.checks import (
    FALSE_ALARM,
    check,
    expect_close,
    expect_frequencies,
    expect_increasing,
    expect_reproducible,
    expect_true,
    expect_within,
    limit,
    same,
)
from helpers.checks.toy_gmm import (
    CARRIED,
    COVARIANCES,
    MEANS,
    WEIGHTS,
    advising,
    draw_clusters,
    expect_count,
    expect_one_cluster,
    expect_penalty,
    read_bic,
    read_mixture,
    read_sample,
    run_selection,
)

# What is expected, computed with scipy and independently of any answer.


def log_joint(x, m, S, p):
    """ln p[k] + ln N(x; m[k], S[k]) for every point and cluster, (n, K)."""
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    logs = [
        stats.multivariate_normal.logpdf(x, mean, C, allow_singular=True)
        for mean, C in zip(m, S, strict=True)
    ]
    return log_p + np.stack(logs, axis=-1)


def log_likelihood(x, m, S, p):
    """Σ over points of ln Σ over clusters p[k] N(x; m[k], S[k])."""
    return float(logsumexp(log_joint(x, m, S, p), axis=1).sum())


def likelihood_near(x, m, S, p, n_iters=100):
    """The log-likelihood of the optimum that EM reaches from the true parameters."""
    for _ in range(n_iters):
        logs = log_joint(x, m, S, p)
        r = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
        N_k = r.sum(axis=0)
        p, m = N_k / len(x), r.T @ x / N_k[:, None]
        S = [np.cov(x.T, aweights=r_k, bias=True) for r_k in r.T]
    return log_likelihood(x, m, S, p)


def draw_affine(rng, d):
    """A random offset and a random well-conditioned matrix that turns and stretches, and so correlates."""
    turn, back = (np.linalg.qr(rng.standard_normal((d, d)))[0] for _ in range(2))
    return turn * np.geomspace(0.6, 1.8, d) @ back, 3 * rng.standard_normal(d)


def transform(A, b, m, S):
    """Means and covariances of A x + b."""
    return m @ A.T + b, A @ S @ A.T


# sample_data


@check("sample_data", points=0.2)
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
    }
    suspects = [f" It looks as if {sentence}." for sentence, C in mistakes.items() if fits(C)]
    with np.printoptions(precision=2, suppress=True):
        expect_true(
            False,
            f"The covariance of {what} should be {S.tolist()} up to chance, but it is"
            f" {np.round(y.T @ y / n, 2).tolist()}.{suspects[0] if suspects else ''}",
        )


@check("sample_data", points=0.2)
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


@check("sample_data", points=0.2)
def the_seed_decides_the_sample(sample_data, rng):
    """The same `random_seed` gives the same sample again; another one gives another sample."""
    m, S = transform(*draw_affine(rng, 2), MEANS, COVARIANCES)
    first, second = (int(seed) for seed in rng.choice(10_000, 2, replace=False))
    result = expect_reproducible(sample_data, 60, m, S, WEIGHTS, random_seed=first)
    _, x = read_sample(result, 60, m)
    _, other = read_sample(sample_data(60, m, S, WEIGHTS, random_seed=second), 60, m)
    expect_true(
        not np.array_equal(x, other),
        "Two different seeds give the same points: random_seed is not used. Write"
        " np.random.default_rng(random_seed) inside the function.",
    )


# fit_mog


@check("fit_mog", points=0.2)
def the_seed_decides_the_start(fit_mog, rng):
    """The same `random_seed` gives the same fit again, and different seeds start EM in different places."""
    x = rng.uniform(size=(80, 2))  # without clusters there is no solution that all starts agree on
    seeds = [int(seed) for seed in rng.choice(10_000, 4, replace=False)]
    first = expect_reproducible(fit_mog, x, 6, n_iters=2, random_seed=seeds[0])
    others = [fit_mog(x, 6, n_iters=2, random_seed=seed) for seed in seeds[1:]]
    expect_true(
        not all(same(first, other) for other in others),
        "Four different seeds give the same result on data without clusters: every run starts in the same"
        " place, so more seeds cannot help against local optima. Is random_seed used?",
    )


@check("fit_mog", points=0.4)
def covariances_within_and_between_add_up(fit_mog, rng):
    """After every M-step Σ p[k]·(S[k] + (m[k] − x̄)(m[k] − x̄)ᵀ) is the biased covariance of the data."""
    A, b = draw_affine(rng, 3)
    means = np.array([[0.0, 0, 0], [4, 0, 1], [0, 3, -3], [-2, -2, 4]])
    x = draw_clusters(rng, 100, means, [np.eye(3)] * 4, [0.3, 0.3, 0.2, 0.2]) @ A.T + b
    expected = np.cov(x.T, bias=True)
    for n_iters in (1, 3):
        _, m, S, p = read_mixture(fit_mog(x, 4, n_iters=n_iters), x, 4)
        expect_total_covariance(m, S, p, x, expected, n_iters)


def expect_total_covariance(m, S, p, x, expected, n_iters):
    """Expect the law of total covariance, which holds exactly after an M-step."""

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
        f"After {n_iters} iterations the covariances S do not fit the data: entry {tuple(map(int, worst))} of the total"
        f" covariance is {total(S)[worst]:.5g} but {expected[worst]:.5g} in the data.{looks[0] if looks else ''}"
        " S[k] is the mean of (x − m[k])(x − m[k])ᵀ weighted by the responsibilities, with m[k] just updated.",
    )


@check("fit_mog", points=0.3)
def the_likelihood_never_falls(fit_mog, rng):
    """From the same seed, more iterations never give a smaller log-likelihood, and many give a larger one."""
    m, S = transform(*draw_affine(rng, 2), 0.6 * MEANS, COVARIANCES)
    x = draw_clusters(rng, 150, m, S, WEIGHTS)
    seed = int(rng.integers(10_000))
    path = []
    for n_iters in (1, 2, 3, 5, 10, 20, 60):
        _, *fitted = read_mixture(fit_mog(x, 3, n_iters=n_iters, random_seed=seed), x, 3)
        path.append(log_likelihood(x, *fitted))
    expect_true(
        path[-1] > path[0] + 1e-6,
        f"60 iterations give the same log-likelihood as 1 ({path[0]:.6g}). Is n_iters used, and does the"
        " function return after the loop, not inside it?",
    )
    expect_true(
        path[-1] > path[-3] + 1e-6 or path[-3] > path[-4] + 1e-6,
        f"60 iterations give the same log-likelihood as 5 ({path[-1]:.6g}). Is n_iters used?",
    )
    # The slack covers a ridge on the covariances, with which EM is exact only up to its size.
    expect_increasing(
        path, "the log-likelihood after 1, 2, 3, 5, 10, 20, 60 iterations", slack=1e-2,
        hint="In each iteration: responsibilities from all current parameters, then new p, m and S from them.",
    )  # fmt: skip


@check("fit_mog", points=0.3)
def labels_are_the_likeliest_clusters(fit_mog, rng):
    """For at least 99 % of the points the label is the likeliest cluster under the returned parameters."""
    x, *_ = draw_crossed(rng, 500)
    labels, m, S, p = read_mixture(fit_mog(x, 2, n_iters=100), x, 2)
    agree = np.mean(labels == log_joint(x, m, S, p).argmax(axis=1))
    nearest = np.mean(labels == np.linalg.norm(x[:, None] - m, axis=2).argmin(axis=1))
    expect_true(
        agree >= 0.99,
        f"Only {agree:.1%} of the labels name the cluster with the largest p[k]·N(x; m[k], S[k])."
        + (" They name the cluster with the nearest mean." if nearest > 0.99 else "")
        + " labels is the argmax of the responsibilities, numbered like m, S and p.",
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


@check("fit_mog", points=0.3)
def repeated_points_and_spare_clusters_do_no_harm(fit_mog, rng):
    """Five distinct points, each many times, and eight clusters: singular covariances do not stop the fit."""
    x = np.repeat(rng.normal(0, 3, (5, 2)), 14, axis=0)
    with advising(
        "With repeated points: ",
        "A cluster that has shrunk onto one point has a singular covariance: add a little to its diagonal (1e-6,"
        " say), and leave a cluster without points as it is.",
    ):
        read_mixture(fit_mog(x, 8, n_iters=60), x, 8)


@check("fit_mog", points=0.3)
def twelve_dimensions_work(fit_mog, rng):
    """In twelve dimensions the best of ten seeds is at least as likely as the truth."""
    A, b = draw_affine(rng, 12)
    spread = np.array([9.0] * 6 + [1.0] * 6)
    S = np.stack([np.diag(spread), np.diag(spread[::-1])])
    m, S = transform(10 * A, b, np.outer([0, 2], np.arange(12) < 3), S)
    p = np.array([0.6, 0.4])
    x = draw_clusters(rng, 300, m, S, p)
    # The optimum of 181 parameters lies far above the truth.
    expect_best_of_ten(
        fit_mog, x, 2, log_likelihood(x, m, S, p), "of the true parameters",
        "Are the densities kept as logarithms, with nothing added to them inside log or before the division?"
        " In 12 dimensions a density of 1e-20 is nothing unusual.",
    )  # fmt: skip


@check("fit_mog", points=0.3)
def the_best_of_ten_seeds_is_the_optimum(fit_mog, rng):
    """On two overlapping clusters the best of ten seeds ends within 2 nats of the largest log-likelihood."""
    x, m, S, p = draw_crossed(rng, 600)
    expect_best_of_ten(
        fit_mog, x, 2, likelihood_near(x, m, S, p) - 2, "of the optimum, less 2,",
        "Do the responsibilities contain the mixing weights and add up to one over the clusters, does every point"
        " count for all clusters in proportion to them (not only for its best one), does every cluster have its own"
        " full covariance, and are all parameters updated in each of the n_iters iterations?",
    )  # fmt: skip


def draw_crossed(rng, n):
    """Two overlapping, crossed clusters of unequal weight: k-means-like updates end far from the optimum."""
    p = np.array([0.8, 0.2])
    m = np.array([[0.0, 0.0], [2.0, 0.0]])
    S = np.array([[[1.0, 0.8], [0.8, 1.0]], [[1.0, -0.8], [-0.8, 1.0]]])
    m, S = transform(*draw_affine(rng, 2), m, S)
    return draw_clusters(rng, n, m, S, p), m, S, p


def expect_best_of_ten(fit_mog, x, K, bound, of_what, hint):
    """Expect one of ten seeds to reach a log-likelihood after 100 iterations: unlucky starts are forgiven."""
    # From the poorest of the usual starts one run in six ends elsewhere: all ten do with probability 2e-8.
    reached = []
    for seed in range(10):
        _, *fitted = read_mixture(fit_mog(x, K, n_iters=100, random_seed=seed), x, K)
        reached.append(log_likelihood(x, *fitted))
        if reached[-1] >= bound:
            return
    expect_true(
        False,
        f"The best of ten runs of 100 iterations has the log-likelihood {max(reached):.6g}, below the"
        f" {bound:.6g} {of_what}. {hint}",
    )


# mog_bic


@check("mog_bic", points=0.3)
def the_likelihood_is_right_in_twelve_dimensions(mog_bic, rng):
    """LL of a mixture of three clusters in twelve dimensions, where densities are tiny."""
    A, b = draw_affine(rng, 12)
    m, S = transform(
        10 * A,
        b,
        rng.normal(0, 1, (3, 12)),
        np.stack([np.eye(12), 2 * np.eye(12), 0.5 * np.eye(12)]),
    )
    p = rng.permutation([0.2, 0.3, 0.5])
    x = draw_clusters(rng, 90, m, S, p)
    expect_likelihood(mog_bic(x, m, S, p), x, m, S, p)


@check("mog_bic", points=0.2)
def the_likelihood_of_far_points_is_finite(mog_bic, rng):
    """A point at a distance of 1000 has a very small density but a finite logarithm of it."""
    x = draw_clusters(rng, 40, MEANS, COVARIANCES, WEIGHTS)
    x[rng.integers(40)] = [1000.0, -700.0]
    expect_likelihood(mog_bic(x, MEANS, COVARIANCES, WEIGHTS), x, MEANS, COVARIANCES, WEIGHTS)


def expect_likelihood(value, x, m, S, p):
    """Expect LL to be the log-likelihood of the mixture, and recognise the usual mistakes."""
    with advising(
        "",
        "The logarithm is infinite where a density underflows to 0: add up log densities with log-sum-exp.",
    ):
        bic, LL = read_bic(value)
    n, d = x.shape
    logs = log_joint(x, m, S, p)
    expected = log_likelihood(x, m, S, p)
    with np.errstate(over="ignore"):
        mistakes = {
            "something is added to the density inside log": np.log(
                np.exp(logs).sum(axis=1) + 1e-10
            ).sum(),
            "the mixing weights p[k] are missing": logsumexp(logs - np.log(p), axis=1).sum(),
            "only the best cluster of each point counts: sum over clusters": logs.max(axis=1).sum(),
            "this is the mean over the points: LL is the sum": expected / n,
            "the factor (2π)^(−d/2) of the Gaussian is missing": expected
            + n * d / 2 * np.log(2 * np.pi),
            "the log-determinant of S has the wrong sign": logsumexp(
                logs + np.linalg.slogdet(S)[1], axis=1
            ).sum(),
        }
    expect_close(
        LL, expected, "LL", rtol=1e-6, misconceptions=mistakes,
        hint="The results are bic, LL in this order." if np.isclose(bic, expected) else
        "Stay in logarithms: log-sum-exp over the clusters, then the sum over the points.",
    )  # fmt: skip


@check("mog_bic", points=0.2)
def an_affine_map_moves_it_by_its_determinant(mog_bic, rng):
    """x → A x + b, parameters transformed alike, moves LL by −N·ln|det A| and bic by 2N·ln|det A|."""
    x = draw_clusters(rng, 70, MEANS, COVARIANCES, WEIGHTS)
    A, b = draw_affine(rng, 2)
    A = rng.uniform(2, 4) * A
    bic, LL = read_bic(mog_bic(x, MEANS, COVARIANCES, WEIGHTS))
    moved_bic, moved_LL = read_bic(
        mog_bic(x @ A.T + b, *transform(A, b, MEANS, COVARIANCES), WEIGHTS)
    )
    shift = len(x) * np.linalg.slogdet(A)[1]
    hint = "The density of each cluster is divided by the square root of the determinant of 2πS."
    expect_close(
        moved_LL - LL, -shift, "the change of LL", rtol=1e-6, hint=hint,
        misconceptions={
            "LL is averaged over the points: it is their sum": -shift / len(x),
            "the log-determinant has the wrong sign": shift,
            "the results are in another order: return bic, LL": 2 * shift,
            "the determinant is missing": 0.0,
        },
    )  # fmt: skip
    expect_close(
        moved_bic - bic, 2 * shift, "the change of bic", rtol=1e-6, hint="bic = −2·LL + P·ln N."
    )


@check("mog_bic", points=0.2)
def the_penalty_grows_with_parameters_and_points(mog_bic, rng):
    """bic = −2·LL + P·ln N for several numbers of clusters, dimensions and points."""
    for d, P_per_cluster in ((1, 3), (3, 10), (5, 21)):
        K, n = int(rng.integers(2, 6)), int(rng.integers(30, 90))
        x, m = rng.normal(0, 2, (n, d)), rng.normal(0, 2, (K, d))
        S = np.stack([np.eye(d) * scale for scale in rng.uniform(1, 3, K)])
        expect_penalty(
            mog_bic(x, m, S, rng.dirichlet(np.full(K, 5.0))), K, d, K * P_per_cluster - 1, n
        )


# n_parameters


@check("n_parameters", points=0.3)
def mixtures_of_any_size_are_counted_right(n_parameters, rng):
    """Free parameters for other numbers of clusters and dimensions; 91·K − 1 in twelve dimensions."""
    for d, per_cluster in ((12, 91), (3, 10), (7, 36)):
        K = int(rng.integers(3, 30))
        expect_count(n_parameters, K, d, per_cluster * K - 1)


# select_n_clusters


@check("select_n_clusters", points=0.2)
def every_column_holds_the_bic_of_its_k(select_n_clusters, rng):
    """The column for K = 1 has a closed form; the smallest value for K = 2 is that of the best fit."""
    A, b = draw_affine(rng, 3)
    x = draw_clusters(rng, 120, [[0, 0, 0], [4, 2, 0]], [np.eye(3)] * 2, [0.5, 0.5]) @ A.T + b
    K, penalty = [2, 1], 9 * np.log(len(x))
    _, bic = run_selection(select_n_clusters, x, K, 2)
    LL = log_likelihood(x, [x.mean(axis=0)], [np.cov(x.T, bias=True)], [1.0])
    one = np.full(2, -2 * LL + penalty)
    turned = np.allclose(bic[:, 0], one, rtol=0, atol=0.2)
    # A small ridge or N_k − 1 for N_k moves it by less than 0.2.
    expect_close(
        bic[:, 1], one, f"the column of bic for K = 1 (K = {K})", rtol=0, atol=0.2,
        misconceptions={
            "the table holds the log-likelihood, not the BIC": np.full(2, LL),
            "the penalty is subtracted, it should be added": np.full(2, -2 * LL - penalty),
        },
        hint=("It stands in column 0: columns keep the order of K. " if turned else "")
        + f"bic[s, j] = −2·LL + P·ln N for K[j] clusters. {CARRIED}",
    )  # fmt: skip
    y, *truth = draw_crossed(rng, 600)
    _, bic = run_selection(select_n_clusters, y, [2], 3)
    two = -2 * likelihood_near(y, *truth) + 11 * np.log(len(y))
    # Within 2 nats of the optimum, which are 4 in the BIC.
    what = "the smallest BIC of three seeds for two clusters"
    expect_within(bic.min(), two - 4, two + 4, what, hint=CARRIED)


@check("select_n_clusters", points=0.2)
def em_runs_until_it_has_converged(select_n_clusters, rng):
    """Where ten iterations are far too few, the best of six runs ends within 2 nats of the optimum."""
    m, p = np.array([[0.0, 0.0], [0.5, 0.0]]), np.array([0.4, 0.6])
    m, S = transform(*draw_affine(rng, 2), m, np.stack([np.eye(2), 16 * np.eye(2)]))
    x = draw_clusters(rng, 600, m, S, p)
    with limit(seconds=60):
        _, bic = run_selection(select_n_clusters, x, [2], 6)
    optimum = -2 * likelihood_near(x, m, S, p) + 11 * np.log(len(x))
    # 2 nats are 4 in the BIC; ten iterations miss it by more than 5 nats from any start.
    expect_within(
        bic.min(), optimum - 4, optimum + 4, "the smallest BIC of six seeds for two clusters",
        hint="If it is too large, EM has not converged: pass n_iters=100 or more, and let fit_mog use it."
        f" {CARRIED}",
    )  # fmt: skip


@check("select_n_clusters", points=0.2)
def every_row_is_another_seed(select_n_clusters, rng):
    """The rows of `bic` come from different seeds, so on data without clusters they differ."""
    x = rng.uniform(size=(240, 3))
    _, bic = run_selection(select_n_clusters, x, [7], 4)
    expect_true(
        np.ptp(bic, axis=0).max() > 1e-3,
        "All four rows of bic are the same on data without clusters: pass a different random_seed to fit_mog in"
        f" every row, and use it there. {CARRIED}",
    )
