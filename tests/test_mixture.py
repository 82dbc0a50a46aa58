"""helpers.mixture against truths derived without it.

`plain_fit` below is EM written once more from its definition, one component at a time, with scipy's
densities. It shares no code and no formula with the fast form, so agreement to 1e-8 means that the
expanded squares, the blocks and the rules for collapsed and empty components are right.
"""

import subprocess
import sys
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import logsumexp
from threadpoolctl import threadpool_info

from helpers import mixture

TOY_M = np.array([[0.0, 0.0], [5.0, 1.0], [0.0, 4.0]])
TOY_S = np.array([[[1, 0], [0, 1]], [[2, 1], [1, 2]], [[1, -0.5], [-0.5, 1]]], dtype=float)
TOY_P = np.array([0.3, 0.5, 0.2])


def toy(seed=0, n=1000):
    """Draw from the toy mixture with scipy, not with the function under test."""
    rng = np.random.default_rng(seed)
    sizes = rng.multinomial(n, TOY_P)
    parts = [
        rng.multivariate_normal(m, S, size) for m, S, size in zip(TOY_M, TOY_S, sizes, strict=True)
    ]
    return rng.permutation(np.concatenate(parts))


def random_mixture(K, d, seed=0):
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(K, d, d))
    S = roots @ roots.transpose(0, 2, 1) / d + 0.3 * np.eye(d)
    return rng.normal(size=(K, d)) * 3, S, rng.dirichlet(np.full(K, 5.0))


# ---- the plain loop


def plain_log_joint(x, m, S, p):
    log_joint = np.empty((len(x), len(p)))
    with np.errstate(divide="ignore"):
        for k in range(len(p)):
            density = stats.multivariate_normal(m[k], S[k], allow_singular=True)
            log_joint[:, k] = np.log(p[k]) + density.logpdf(x)
    return log_joint


def plain_lift(S, floor):
    return S + floor * np.eye(len(S)) if np.linalg.eigvalsh(S)[0] < floor else S


def plain_em(x, m, S, p, n_iters):
    n, d = x.shape
    m, S, p = m.copy(), S.copy(), p.copy()
    floor = 1e-6 * np.trace(np.cov(x.T, bias=True).reshape(d, d)) / d or 1e-12
    history = []
    for _ in range(n_iters):
        log_joint = plain_log_joint(x, m, S, p)
        history.append(logsumexp(log_joint, axis=1).sum())
        r = np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))
        for k in range(len(p)):
            N = r[:, k].sum()
            p[k] = N / n
            if N >= 1e-8:
                m[k] = r[:, k] @ x / N
                away = x - m[k]
                S[k] = plain_lift((r[:, k, None] * away).T @ away / N, floor)
    log_joint = plain_log_joint(x, m, S, p)
    history.append(logsumexp(log_joint, axis=1).sum())
    return log_joint.argmax(axis=1), m, S, p, np.array(history)


def plain_start(x, K, seed):
    n, d = x.shape
    rng = np.random.default_rng(seed)
    m = [x[rng.integers(n)]]
    for _ in range(K - 1):
        d2 = np.min([((x - mean) ** 2).sum(axis=1) for mean in m], axis=0)
        m.append(x[rng.choice(n, p=d2 / d2.sum()) if d2.sum() > 0 else rng.integers(n)])
    cov = np.cov(x.T, bias=True).reshape(d, d)
    floor = 1e-6 * np.trace(cov) / d or 1e-12
    return np.array(m), np.array([plain_lift(cov, floor)] * K), np.full(K, 1 / K)


def plain_fit(x, K, n_iters, seed):
    return plain_em(x, *plain_start(x, K, seed), n_iters)[:4]


def assert_same_fit(actual, expected, tolerance=1e-8):
    np.testing.assert_array_equal(actual[0], expected[0])
    for a, b in zip(actual[1:], expected[1:], strict=True):
        scale = np.abs(b).max()
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("n_iters", [0, 1, 40])
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_the_plain_loop_on_the_toy_data(n_iters, seed):
    x = toy(seed)
    expected = plain_fit(x, 3, n_iters, seed)
    assert_same_fit(mixture.fit_mog(x, 3, n_iters, seed), expected)


@pytest.mark.parametrize(
    "n, d, K",
    [(60, 1, 2), (1024, 2, 1), (1025, 3, 8), (2500, 3, 9), (1500, 12, 4)],
    ids=["1-d", "one block", "one point more", "nine components", "12-d"],
)
def test_agrees_with_the_plain_loop_in_other_shapes(n, d, K):
    """Shapes around the edges of blocks (1024 points) and of padding (8 components)."""
    _, x = mixture.sample_data(n, *random_mixture(K, d), random_seed=1)
    assert_same_fit(mixture.fit_mog(x, K, 15, 2), plain_fit(x, K, 15, 2))


def degenerate():
    x = toy(3, n=200)
    repeated = np.concatenate([x, np.repeat(x[:1] + 20, 40, axis=0)])
    line = np.c_[x[:, 0], 2 * x[:, 0]]
    far = np.concatenate([x, [[1e3, -1e3]]])
    very_far = np.concatenate([x, [[1e6, 1e6]]])
    cases = {"repeated points": (repeated, 4), "points on a line": (line, 2)}
    cases |= {"a point at 1e3": (far, 4), "a point at 1e6": (very_far, 4)}
    cases |= {"offset 1e6": (x + 1e6, 3), "units that differ": (x * [1e-2, 10], 3)}
    return [pytest.param(*case, id=name) for name, case in cases.items()]


@pytest.mark.parametrize("x, K", degenerate())
def test_agrees_with_the_plain_loop_where_components_collapse(x, K):
    """The floor decides these fits: both sides must apply it to the same components."""
    expected = plain_fit(x, K, 12, 0)
    assert_same_fit(mixture.fit_mog(x, K, 12, 0), expected)


@pytest.mark.parametrize("n_iters", range(1, 7))
def test_agrees_with_the_plain_loop_when_components_become_tiny_on_the_way(n_iters):
    """20 of 100,000 points stand 5e4 sd away. The first rounds see one wide cloud, later ones two
    tiny components: whichever round changes to the plain form, no round may lose digits."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100_000, 2))
    x[:20] = 2 * x[:20] + [5e4, 0]
    start = np.array([x[0], x[30]]), np.array([np.cov(x.T)] * 2), np.array([0.5, 0.5])
    expected = plain_em(x, *start, n_iters)[1:]
    for a, b in zip(mixture.em(x, *start, n_iters), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-8)


# ---- peers


@pytest.mark.parametrize("d, K", [(1, 3), (2, 3), (12, 5)])
def test_densities_agree_with_scipy(d, K):
    m, S, p = random_mixture(K, d)
    x = np.random.default_rng(0).normal(size=(1500, d)) * 4
    log_joint = plain_log_joint(x, m, S, p)
    log_p = logsumexp(log_joint, axis=1)
    assert mixture.log_likelihood(x, m, S, p) == pytest.approx(log_p.sum(), rel=1e-12)
    r = mixture.responsibilities(x, m, S, p)
    np.testing.assert_allclose(r, np.exp(log_joint - log_p[:, None]), atol=1e-11)
    np.testing.assert_allclose(r.sum(axis=1), 1, atol=1e-13)


@pytest.mark.parametrize("d, K", [(2, 3), (12, 6)])
def test_em_agrees_with_scikit_learn_from_the_same_start(d, K):
    sklearn_mixture = pytest.importorskip("sklearn.mixture")
    _, x = mixture.sample_data(3000, *random_mixture(K, d), random_seed=4)
    m, S, p = plain_start(x, K, 0)
    precisions = np.array([np.linalg.inv(cov) for cov in S])
    peer = sklearn_mixture.GaussianMixture(
        K, tol=0, reg_covar=0, max_iter=20, means_init=m, weights_init=p, precisions_init=precisions
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it cannot converge to a tolerance of zero
        peer.fit(x)
    assert peer.n_iter_ == 20
    new_m, new_S, new_p, history = mixture.em(x, m, S, p, 20)
    np.testing.assert_allclose(new_m, peer.means_, atol=1e-8)
    np.testing.assert_allclose(new_S, peer.covariances_, atol=1e-8)
    np.testing.assert_allclose(new_p, peer.weights_, atol=1e-8)
    assert history[-1] == pytest.approx(peer.score(x) * len(x), rel=1e-10)
    assert mixture.mog_bic(x, new_m, new_S, new_p)[0] == pytest.approx(peer.bic(x), rel=1e-10)


# ---- what EM must satisfy


@pytest.mark.parametrize("seed", range(4))
def test_the_log_likelihood_never_falls(seed):
    x = toy(seed)
    *_, history = mixture.em(x, *plain_start(x, 5, seed), 60)
    assert len(history) == 61
    assert np.diff(history).min() > -1e-9 * abs(history[-1])
    assert history[-1] > history[0] + 100  # from three clusters seen as one: a large gain


def test_the_history_holds_the_log_likelihoods_of_its_rounds():
    x = toy(1)
    start = plain_start(x, 3, 1)
    *params, history = mixture.em(x, *start, 7)
    np.testing.assert_allclose(history, plain_em(x, *start, 7)[4], rtol=1e-12)
    assert history[-1] == pytest.approx(mixture.log_likelihood(x, *params), rel=1e-13)


def test_one_component_is_the_mean_and_the_biased_covariance():
    """The maximum-likelihood Gaussian has a closed form, and so has its log-likelihood."""
    x = toy(0)
    n, d = x.shape
    cov = np.cov(x.T, bias=True)
    labels, m, S, p = mixture.fit_mog(x, 1, 1)
    assert not labels.any()
    np.testing.assert_allclose(m[0], x.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(S[0], cov, atol=1e-11)
    np.testing.assert_allclose(p, [1.0])
    bic, found = mixture.mog_bic(x, m, S, p)
    expected = -n / 2 * (d * np.log(2 * np.pi) + np.linalg.slogdet(cov)[1] + d)
    assert found == pytest.approx(expected, rel=1e-12)
    assert bic == pytest.approx(-2 * expected + 5 * np.log(n), rel=1e-12)  # two means, 3 of cov


@pytest.mark.parametrize("n_iters", [1, 2, 30])
def test_an_m_step_keeps_the_moments_of_the_points(n_iters):
    """Responsibilities sum to one per point, so Σ p m = x̄ and Σ p (S + m mᵀ) = mean of x xᵀ."""
    x = toy(5)
    _, m, S, p = mixture.fit_mog(x, 4, n_iters, 1)
    np.testing.assert_allclose(p @ m, x.mean(axis=0), atol=1e-11)
    second = np.einsum("k,kij->ij", p, S + m[:, :, None] * m[:, None, :])
    np.testing.assert_allclose(second, x.T @ x / len(x), atol=1e-10)


def test_an_affine_map_moves_the_log_likelihood_by_the_log_determinant():
    """Densities transform with 1/|det A|: the log-likelihood falls by n ln|det A|, responsibilities stay."""
    x, rng = toy(6), np.random.default_rng(0)
    A, b = rng.normal(size=(2, 2)) + 2 * np.eye(2), rng.normal(size=2) * 10
    moved = x @ A.T + b, TOY_M @ A.T + b, A @ TOY_S @ A.T, TOY_P
    found = mixture.log_likelihood(x, TOY_M, TOY_S, TOY_P)
    expected = found - len(x) * np.log(abs(np.linalg.det(A)))
    assert mixture.log_likelihood(*moved) == pytest.approx(expected, rel=1e-12)
    r, moved_r = mixture.responsibilities(x, TOY_M, TOY_S, TOY_P), mixture.responsibilities(*moved)
    np.testing.assert_allclose(moved_r, r, atol=1e-10)


def test_em_is_affine_equivariant():
    x, A = toy(7), np.array([[2.0, 1.0], [0.0, 0.5]])
    m, S, p, _ = mixture.em(x, TOY_M, TOY_S, TOY_P, 20)
    moved = mixture.em(x @ A.T + 3, TOY_M @ A.T + 3, A @ TOY_S @ A.T, TOY_P, 20)
    np.testing.assert_allclose(moved[0], m @ A.T + 3, atol=1e-9)
    np.testing.assert_allclose(moved[1], A @ S @ A.T, atol=1e-9)
    np.testing.assert_allclose(moved[2], p, atol=1e-10)


def test_labels_are_the_most_probable_components_of_the_returned_parameters():
    x = toy(8)
    labels, m, S, p = mixture.fit_mog(x, 3, 5, 0)
    np.testing.assert_array_equal(labels, plain_log_joint(x, m, S, p).argmax(axis=1))


# ---- the toy mixture


def test_the_toy_mixture_has_its_known_expected_log_density():
    """E log p by quadrature over scipy's densities; the sample mean must be within five errors."""
    pdfs = [stats.multivariate_normal(m, S).pdf for m, S in zip(TOY_M, TOY_S, strict=True)]
    grid = np.linspace(-12, 18, 601)
    points = np.stack(np.meshgrid(grid, grid, indexing="ij"), axis=-1)
    density = sum(p * pdf(points) for p, pdf in zip(TOY_P, pdfs, strict=True))
    inner = integrate.simpson(density * np.log(density), x=grid, axis=1)
    truth = integrate.simpson(inner, x=grid)
    assert truth == pytest.approx(-4.046, abs=5e-4)
    n = 200_000
    _, x = mixture.sample_data(n, TOY_M, TOY_S, TOY_P, random_seed=1)
    mean = mixture.log_likelihood(x, TOY_M, TOY_S, TOY_P) / n
    assert mean == pytest.approx(truth, abs=5 * 0.894 / np.sqrt(n))


def test_sampled_points_have_the_moments_of_the_mixture():
    """Mean and covariance of the mixture follow from the law of total covariance."""
    n = 100_000
    labels, x = mixture.sample_data(n, TOY_M, TOY_S, TOY_P, random_seed=2)
    np.testing.assert_allclose(x.mean(axis=0), [2.5, 1.3], atol=5 * np.sqrt(7.75 / n))
    np.testing.assert_allclose(np.cov(x.T), [[7.75, -0.35], [-0.35, 3.51]], atol=0.15)
    for k in range(3):
        mine = x[labels == k]
        assert len(mine) / n == pytest.approx(TOY_P[k], abs=5 * np.sqrt(0.25 / n))
        np.testing.assert_allclose(mine.mean(axis=0), TOY_M[k], atol=0.05)
        np.testing.assert_allclose(np.cov(mine.T), TOY_S[k], atol=0.08)


def test_sampling_is_reproducible_independent_and_leaves_numpys_state_alone():
    before = np.random.get_state()[1].copy()
    first, again, other = (mixture.sample_data(500, TOY_M, TOY_S, TOY_P, s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])
    sizes = {np.bincount(mixture.sample_data(500, TOY_M, TOY_S, TOY_P, s)[0])[0] for s in range(9)}
    assert len(sizes) > 3  # sizes are multinomial (sd 10), not fixed at 150
    assert first[0].dtype.kind == "i"
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def reference_optimum(x):
    """The plain loop from the truth: with 1000 points the optimum lies next to it."""
    return plain_em(x, TOY_M, TOY_S, TOY_P, 80)[4][-1]


@pytest.mark.parametrize("data_seed", range(5))
def test_the_best_of_five_seeds_is_within_two_nats_of_the_optimum(data_seed):
    x = toy(data_seed)
    fits = [mixture.fit_mog(x, 3, 150, seed) for seed in range(5)]
    best = max(mixture.log_likelihood(x, *fit[1:]) for fit in fits)
    assert best > reference_optimum(x) - 2


# ---- counting and choosing


@pytest.mark.parametrize("K", [1, 2, 3, 6])
@pytest.mark.parametrize("d", [1, 2, 12])
def test_parameters_are_counted(K, d):
    """Weights are free but for their sum; a symmetric matrix is free on and below its diagonal."""
    free = np.ones(K)[:-1].size + np.ones((K, d)).size + K * len(np.tril_indices(d)[0])
    assert mixture.n_parameters(K, d) == free


def test_parameter_counts_of_the_labs():
    assert [mixture.n_parameters(K, 2) for K in range(2, 7)] == [11, 17, 23, 29, 35]
    assert mixture.n_parameters(15, 12) == 91 * 15 - 1


def test_bic_is_its_definition():
    x = toy(9)
    bic, found = mixture.mog_bic(x, list(TOY_M), list(TOY_S), list(TOY_P))  # lists are as good
    assert found == pytest.approx(logsumexp(plain_log_joint(x, TOY_M, TOY_S, TOY_P), axis=1).sum())
    assert bic == pytest.approx(-2 * found + 17 * np.log(1000), rel=1e-12)


def test_selection_finds_three_clusters_in_any_order_of_candidates():
    x, K = toy(0), [4, 2, 3, 5]
    best_K, bic = mixture.select_n_clusters(x, K, 3)
    assert best_K == 3
    assert bic.shape == (3, 4)
    found = plain_em(x, *plain_start(x, 5, 1), 100)[4][-1]  # five are not done after 100 rounds
    assert bic[1, 3] == pytest.approx(-2 * found + 29 * np.log(1000), rel=1e-10)


def test_selection_takes_the_smallest_of_all_not_the_smallest_mean(monkeypatch):
    """A seed stuck in a local optimum says nothing about its K."""
    table = {(0, 2): 10.0, (0, 3): 9.0, (1, 2): 10.0, (1, 3): 99.0}
    monkeypatch.setattr(mixture, "fit_mog", lambda x, K, n_iters, seed: (None, seed, K))
    monkeypatch.setattr(mixture, "mog_bic", lambda x, seed, K: (table[seed, K], None))
    best_K, bic = mixture.select_n_clusters(X, range(2, 4), 2)
    assert best_K == 3
    np.testing.assert_array_equal(bic, [[10, 9], [10, 99]])


# ---- restarts


def test_the_first_restart_is_the_plain_fit():
    x = toy(2)
    assert_same_fit(mixture.fit_best(x, 3, 1, 25, -np.inf, 6), plain_fit(x, 3, 25, 6))


def test_more_starts_are_never_worse_and_here_better():
    """With nine clusters a single start may end in a local optimum far below; ten starts do not."""
    m = np.stack(np.meshgrid([0, 6, 12], [0, 6, 12]), axis=-1).reshape(9, 2)
    S, p = np.array([np.eye(2)] * 9), np.full(9, 1 / 9)
    _, x = mixture.sample_data(900, m, S, p)
    optimum = plain_em(x, m.astype(float), S, p, 60)[4][-1]
    single, many = [], []
    for seed in range(8):
        for starts, found in ((1, single), (10, many)):
            fit = mixture.fit_best(x, 9, n_starts=starts, random_seed=seed)
            found.append(mixture.log_likelihood(x, *fit[1:]))
    assert np.min(np.subtract(many, single)) >= 0
    assert min(single) < optimum - 20
    assert min(many) > optimum - 0.1


def test_a_start_ends_once_it_gains_less_than_tol(monkeypatch):
    rounds = []
    counted = mixture._em_round
    monkeypatch.setattr(mixture, "_em_round", lambda *a: rounds.append(1) or counted(*a))
    x = toy(0)
    mixture.fit_best(x, 3, n_starts=1, n_iters=400, tol=1e-6, random_seed=0)
    stopped = len(rounds)
    history = plain_em(x, *plain_start(x, 3, 0), stopped)[4]
    gains = np.diff(history[:-1]) / len(x)  # of the rounds that were compared
    assert stopped < 400
    assert gains[-1] < 1e-6 <= gains[:-1].min()


# ---- hard cases


@pytest.mark.parametrize("distance", [1e3, 1e6])
def test_points_far_from_everything_do_not_underflow(distance):
    x = np.array([[distance, -distance], [0.1, 0.2]])
    log_joint = plain_log_joint(x, TOY_M, TOY_S, TOY_P)
    found = mixture.log_likelihood(x, TOY_M, TOY_S, TOY_P)
    assert found == pytest.approx(logsumexp(log_joint, axis=1).sum(), rel=1e-12)
    r = mixture.responsibilities(x, TOY_M, TOY_S, TOY_P)
    np.testing.assert_array_equal(r.argmax(axis=1), log_joint.argmax(axis=1))
    np.testing.assert_allclose(r.sum(axis=1), 1)


def fits_anyway():
    x = toy(4, n=50)
    twelve = np.random.default_rng(0).normal(size=(30, 12))
    cases = {
        "all points equal": (np.full((20, 2), 0.1), 3),
        "one point": (np.array([[3.0, 4.0]]), 1),
        "one point, one dimension": (np.array([[3.0]]), 1),
        "as many components as points": (x[:8], 8),
        "far too many components": (x, 30),
        "more dimensions than points per component": (twelve, 5),
        "one dimension, duplicates": (np.repeat([[0.0], [1.0]], 10, axis=0), 4),
        "a constant column": (np.c_[x, np.ones(50)], 3),
        "tiny units": (x * 1e-9, 3),
        "huge units": (x * 1e9, 3),
        "integers": (np.rint(x * 3).astype(int), 3),
    }
    return [pytest.param(*case, id=name) for name, case in cases.items()]


@pytest.mark.parametrize("x, K", fits_anyway())
def test_hard_data_is_fitted_anyway(x, K):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        labels, m, S, p = mixture.fit_mog(x, K, 20, 0)
        found = mixture.log_likelihood(x, m, S, p)
    assert labels.shape == (len(x),) and labels.min() >= 0 and labels.max() < K
    assert np.isfinite(m).all() and np.isfinite(S).all() and np.isfinite(found)
    assert p.sum() == pytest.approx(1) and p.min() >= 0
    assert np.linalg.eigvalsh(S).min() > 0
    spread = np.ptp(x, axis=0) + 1e-9 * np.abs(x).max()  # means are averages of the points
    assert (m > x.min(axis=0) - spread).all() and (m < x.max(axis=0) + spread).all()


def test_equal_points_get_the_smallest_floor():
    """Their covariance is zero, exactly, although 0.1 has no exact mean in binary."""
    _, m, S, _ = mixture.fit_mog(np.full((20, 2), 0.1), 2, 5)
    np.testing.assert_array_equal(m, 0.1)
    np.testing.assert_allclose(S, [1e-12 * np.eye(2)] * 2, rtol=1e-12)


def test_an_empty_component_keeps_its_mean_and_covariance():
    x = toy(0)
    m, S = np.r_[TOY_M, [[5e3, 5e3]]], np.r_[TOY_S, [np.eye(2) * 0.7]]
    new_m, new_S, new_p, _ = mixture.em(x, m, S, np.full(4, 0.25), 3)
    np.testing.assert_allclose(new_m[3], [5e3, 5e3], rtol=1e-12)
    np.testing.assert_array_equal(new_S[3], S[3])
    assert new_p[3] < 1e-12
    rest = mixture.em(x, TOY_M, TOY_S, np.full(3, 1 / 3), 3)
    np.testing.assert_allclose(new_m[:3], rest[0], atol=1e-9)


def test_the_plain_form_gives_the_same_as_the_expanded_one(monkeypatch):
    _, x = mixture.sample_data(2500, *random_mixture(9, 3), random_seed=1)
    start = plain_start(x, 9, 0)
    fast, fast_r = mixture.em(x, *start, 10), mixture.responsibilities(x, *start)
    monkeypatch.setattr(mixture, "CANCELLATION", 0.0)
    for a, b in zip(fast, mixture.em(x, *start, 10), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(fast_r, mixture.responsibilities(x, *start), atol=1e-11)


def tiny_components():
    m, S = np.array([[0.0, 0.0], [1e6, -1e6]]), np.array([np.eye(2), np.diag([1e-2, 1.0])])
    rng = np.random.default_rng(0)
    x = np.concatenate(
        [rng.multivariate_normal(mean, cov, 100) for mean, cov in zip(m, S, strict=True)]
    )
    return x, m, S, np.array([0.5, 0.5])


def test_tiny_components_far_apart_lose_no_digits():
    x, *params = tiny_components()
    expected = logsumexp(plain_log_joint(x, *params), axis=1).sum()
    assert mixture.log_likelihood(x, *params) == pytest.approx(expected, rel=1e-8)


def test_without_the_plain_form_they_would(monkeypatch):
    """The other side of the test above: the guard is what saves it."""
    x, *params = tiny_components()
    expected = logsumexp(plain_log_joint(x, *params), axis=1).sum()
    monkeypatch.setattr(mixture, "CANCELLATION", np.inf)
    assert mixture.log_likelihood(x, *params) != pytest.approx(expected, rel=1e-5)


# ---- manners


def test_arguments_stay_as_they_were_and_results_are_new_arrays():
    x = toy(0)
    given = [x, TOY_M.copy(), TOY_S.copy(), TOY_P.copy()]
    kept = [a.copy() for a in given]
    for n_iters in (0, 3):
        for result in mixture.em(*given, n_iters):
            assert not any(np.shares_memory(result, a) for a in given)
            result[...] = -1
    for a, b in zip(given, kept, strict=True):
        np.testing.assert_array_equal(a, b)


def test_memory_stays_flat():
    """Neither features nor responsibilities of all points are kept: one copy of x, and blocks."""
    x = np.random.default_rng(0).normal(size=(100_000, 4))
    start = plain_start(x[:500], 10, 0)
    mixture.em(x[:500], *start, 1)
    tracemalloc.start()
    try:
        mixture.em(x, *start, 2)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * x.nbytes  # responsibilities alone would be 2.5, features 3.75 times x


def test_importing_is_cheap():
    code = "import sys, helpers.mixture; print(sorted({'scipy', 'sklearn'} & set(sys.modules)))"
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_threads_are_set_once_per_call_and_given_back(monkeypatch):
    x, before, seen, entered = toy(0), blas_threads(), [], []
    limit, em_round = mixture._one_blas_thread, mixture._em_round
    monkeypatch.setattr(mixture, "_one_blas_thread", lambda: entered.append(1) or limit())
    monkeypatch.setattr(
        mixture, "_em_round", lambda *a: seen.append(max(blas_threads())) or em_round(*a)
    )
    mixture.em(x, TOY_M, TOY_S, TOY_P, 4)
    assert (len(entered), seen) == (1, [1, 1, 1, 1])
    with pytest.raises(ValueError):
        mixture.em(x[:, :1], TOY_M, TOY_S, TOY_P, 4)
    assert blas_threads() == before


HOLE = np.array([[0.0, 1.0], [np.nan, 2.0], [3.0, 4.0]])
X = np.arange(10.0).reshape(5, 2)
SINGULAR = np.array([np.eye(2), np.ones((2, 2)), np.eye(2)])
LOPSIDED = np.array([np.eye(2), np.eye(2), [[1, 0.5], [0, 1]]])


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: mixture.fit_mog(X[:, 0], 1), ["x must be", "(5,)", "x[:, None]"]),
        (lambda: mixture.fit_mog(X[:0], 1), ["x must be", "(0, 2)"]),
        (lambda: mixture.fit_mog(HOLE, 1), ["x holds 1 value", "[1, 0]", "leave those rows out"]),
        (lambda: mixture.fit_mog([["a", "b"]], 1), ["x must hold numbers"]),
        (lambda: mixture.fit_mog(X, 0), ["n_clusters must be at least 1", "is 0"]),
        (lambda: mixture.fit_mog(X, 6), ["n_clusters = 6", "5 point(s)", "at most 5"]),
        (lambda: mixture.fit_mog(X, 2.0), ["n_clusters must be a whole number", "2.0"]),
        (lambda: mixture.fit_mog(X, 2, n_iters=-1), ["n_iters must be at least 0"]),
        (lambda: mixture.fit_best(X, 2, n_starts=0), ["n_starts must be at least 1"]),
        (lambda: mixture.em(X, TOY_M[:, :1], TOY_S, TOY_P, 1), ["m must be (any, 2)", "(3, 1)"]),
        (lambda: mixture.em(X, TOY_M, TOY_S[:2], TOY_P, 1), ["S must be (3, 2, 2)", "(2, 2, 2)"]),
        (lambda: mixture.mog_bic(X, TOY_M, TOY_S, [0.5, 0.5]), ["p must be (3,)", "(2,)"]),
        (lambda: mixture.mog_bic(X, TOY_M, TOY_S, TOY_P / 2), ["p must hold weights", "0.5"]),
        (lambda: mixture.mog_bic(X, TOY_M, TOY_S, [-0.1, 0.6, 0.5]), ["at least 0", "-0.1"]),
        (lambda: mixture.mog_bic(X, TOY_M, SINGULAR, TOY_P), ["S[1] is no covariance", "floor"]),
        (lambda: mixture.mog_bic(X, TOY_M, LOPSIDED, TOY_P), ["S[2]", "symmetric"]),
        (lambda: mixture.sample_data(-1, TOY_M, TOY_S, TOY_P), ["n_samples must be at least 0"]),
        (lambda: mixture.select_n_clusters(X, [], 1), ["K is empty"]),
        (lambda: mixture.select_n_clusters(X, [2, 0], 1), ["every element of K"]),
        (lambda: mixture.n_parameters(3, 0), ["n_dims must be at least 1"]),
    ],
)
def test_errors_say_what_where_and_what_next(call, words):
    with pytest.raises(ValueError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
