"""Hidden checks of lab 01, mixtures of Gaussians on data whose truth is known."""

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from helpers.checks import (
    check,
    expect_close,
    expect_frequencies,
    expect_increasing,
    expect_mean,
    expect_true,
    expect_within,
    limit,
)
from helpers.checks.toy_gmm import (
    CARRIED,
    COVARIANCES,
    MEANS,
    WEIGHTS,
    advising,
    draw_clusters,
    expect_count,
    expect_covariance,
    expect_penalty,
    expect_told_apart,
    expect_total_covariance,
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
    before = -np.inf
    for _ in range(n_iters):
        logs = log_joint(x, m, S, p)
        LL = logsumexp(logs, axis=1, keepdims=True)
        r = np.exp(logs - LL)
        N_k = r.sum(axis=0)
        p, m = N_k / len(x), r.T @ x / N_k[:, None]
        S = [np.cov(x.T, aweights=r_k, bias=True) for r_k in r.T]
        if LL.sum() < before + 1e-3:  # the margins around the optimum are 2 nats wide
            break
        before = LL.sum()
    return log_likelihood(x, m, S, p)


def draw_affine(rng, d):
    """A random offset and a random well-conditioned matrix that turns and stretches, and so correlates."""
    turn, back = (np.linalg.qr(rng.standard_normal((d, d)))[0] for _ in range(2))
    return turn * np.geomspace(0.6, 1.8, d) @ back, 3 * rng.standard_normal(d)


def transform(A, b, m, S):
    """Means and covariances of A x + b."""
    return m @ A.T + b, A @ S @ A.T


# sample_data


@check("sample_data", points=0.15)
def any_number_of_dimensions_works(sample_data, rng):
    """On a line and in five dimensions, strongly correlated, the points follow m and S."""
    for d in (1, 5):
        A, b = draw_affine(rng, d)
        m, S = transform(A, b, 30 * rng.normal(size=(2, d)), np.stack([np.eye(d), np.eye(d)]))
        S[1] += 9 * np.ones((d, d))
        seed = int(rng.integers(2**31))
        labels, x = read_sample(
            sample_data(2000, m, S, np.array([0.5, 0.5]), random_seed=seed), 2000, m
        )
        for k in range(2):
            expect_covariance(x[labels == k] - m[k], S[k], f"the points with label {k}")


@check("sample_data", points=0.15)
def many_clusters_have_their_shares(sample_data, rng):
    """Eight clusters far apart, two of them small, get their shares of the points."""
    p = rng.permutation([0.02, 0.03, 0.05, 0.08, 0.1, 0.12, 0.2, 0.4])
    m = rng.normal(0, 1e4, (8, 2))
    S = np.stack([np.eye(2)] * 8)
    labels, x = read_sample(
        sample_data(3000, m, S, p, random_seed=int(rng.integers(10_000))), 3000, m
    )
    expect_frequencies(np.bincount(labels, minlength=8), p, "cluster sizes")
    expect_mean(x - m[labels], np.zeros(2), np.ones(2), "the points less their cluster's mean")


# fit_mog


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
    alone = log_likelihood(x, [x.mean(axis=0)], [np.cov(x.T, bias=True)], [1.0])
    expect_true(
        path[-1] > alone + 2,
        f"The log-likelihood of three clusters after 60 iterations, {path[-1]:.6g}, is hardly above that of a single"
        f" Gaussian, {alone:.6g}.",
    )
    # The slack covers a ridge on the covariances, with which EM is exact only up to its size.
    expect_increasing(
        path, "the log-likelihood after 1, 2, 3, 5, 10, 20, 60 iterations", slack=1e-2,
        hint="In each iteration: responsibilities from all current parameters, then new p, m and S from them.",
    )  # fmt: skip


@check("fit_mog", points=0.3)
def far_clusters_in_six_dimensions_do_not_underflow(fit_mog, rng):
    """Clusters 1000 apart in every one of six dimensions leave all results finite and consistent."""
    A, b = draw_affine(rng, 6)
    x = rng.standard_normal((160, 6)) @ A.T + b
    x[100:] += 1000
    with advising(
        "With clusters 1000 apart: ",
        "Keep to log densities and subtract the largest of each point before exp (log-sum-exp).",
    ):
        for n_iters in (1, 10):
            _, m, S, p = read_mixture(fit_mog(x, 2, n_iters=n_iters), x, 2)
            expect_total_covariance(m, S, p, x, n_iters)
        expect_told_apart(fit_mog, x, 2)


@check("fit_mog", points=0.3)
def twelve_correlated_dimensions_work(fit_mog, rng):
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


@check("fit_mog", points=0.4)
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


@check("mog_bic", points=0.2)
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


@check("mog_bic", points=0.15)
def an_affine_map_moves_it_by_its_determinant(mog_bic, rng):
    """x → A x + b, parameters transformed alike, moves LL by −N·ln|det A| and bic by 2N·ln|det A|."""
    x = draw_clusters(rng, 70, MEANS, COVARIANCES, WEIGHTS)
    A, b = draw_affine(rng, 2)
    A = rng.uniform(2, 4) * A
    bic, LL = read_bic(mog_bic(x, MEANS, COVARIANCES, WEIGHTS))
    _, turned = read_bic(mog_bic(x, MEANS[::-1], COVARIANCES[::-1], WEIGHTS[::-1]))
    expect_close(
        turned, LL, "LL of the clusters in the other order", rtol=1e-9, hint="All clusters count."
    )
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


@check("mog_bic", points=0.15)
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


@check("n_parameters", points=0.2)
def mixtures_of_any_size_are_counted_right(n_parameters, rng):
    """Free parameters for other numbers of clusters and dimensions; 91·K − 1 in twelve dimensions."""
    for d, per_cluster in ((12, 91), (3, 10), (7, 36)):
        K = int(rng.integers(3, 30))
        expect_count(n_parameters, K, d, per_cluster * K - 1)


# select_n_clusters


@check("select_n_clusters", points=0.15)
def every_column_holds_the_bic_of_its_k(select_n_clusters, rng):
    """The column for K = 1 has a closed form; the smallest value for K = 2 is that of the best fit."""
    A, b = draw_affine(rng, 3)
    x = draw_clusters(rng, 120, [[0, 0, 0], [4, 2, 0]], [np.eye(3)] * 2, [0.5, 0.5]) @ A.T + b
    K, penalty = [2, 1], 9 * np.log(len(x))
    _, bic = run_selection(select_n_clusters, x, K, 1)
    LL = log_likelihood(x, [x.mean(axis=0)], [np.cov(x.T, bias=True)], [1.0])
    one = np.full(1, -2 * LL + penalty)
    turned = np.allclose(bic[:, 0], one, rtol=0, atol=0.2)
    # A small ridge or N_k − 1 for N_k moves it by less than 0.2.
    expect_close(
        bic[:, 1], one, f"the column of bic for K = 1 (K = {K})", rtol=0, atol=0.2,
        misconceptions={
            "the table holds the log-likelihood, not the BIC": np.full(1, LL),
            "the penalty is subtracted, it should be added": np.full(1, -2 * LL - penalty),
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


@check("select_n_clusters", points=0.15)
def em_runs_until_it_has_converged(select_n_clusters, rng):
    """Where ten iterations are far too few, the best of four runs ends within 2 nats of the optimum."""
    m, p = np.array([[0.0, 0.0], [0.5, 0.0]]), np.array([0.4, 0.6])
    m, S = transform(*draw_affine(rng, 2), m, np.stack([np.eye(2), 16 * np.eye(2)]))
    x = draw_clusters(rng, 400, m, S, p)
    with limit(seconds=60):
        _, bic = run_selection(select_n_clusters, x, [2], 4)
    optimum = -2 * likelihood_near(x, m, S, p) + 11 * np.log(len(x))
    # 2 nats are 4 in the BIC; ten iterations miss it by more than 5 nats from any start.
    expect_within(
        bic.min(), optimum - 4, optimum + 4, "the smallest BIC of four seeds for two clusters",
        hint="If it is too large, EM has not converged: pass n_iters=100 or more, and let fit_mog use it."
        f" {CARRIED}",
    )  # fmt: skip
