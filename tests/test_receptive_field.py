"""helpers.receptive_field against brute force, scipy, scikit-learn and optimality conditions."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import optimize, stats
from sklearn.linear_model import PoissonRegressor

from helpers.lnp import deriv_negloglike_lnp
from helpers.receptive_field import (
    alpha_max,
    bin_spikes,
    bits_per_spike,
    cross_validate,
    fit_lasso_rf,
    fit_rf,
    kkt_violation,
    lagged,
    lasso_objective,
    lasso_path,
    lasso_quadratic,
    one_standard_error,
    path,
    poisson_deviance,
    poisson_lasso,
    poisson_ridge,
    ridge_rf,
    separate_space_time,
    sta,
    sta_frames,
)

TEMPORAL = (0.0, 1.0, 0.4, -0.4)


def cell(seed=0, n=800, shape=(8, 6), correlated=False):
    """Stimulus (n_pixels, n) and counts of a cell with latency 1 and its field at row 5, column 2."""
    rng = np.random.default_rng(seed)
    s = np.where(rng.random((*shape, n)) < 0.5, -0.5, 0.5)
    if correlated:
        s = rng.normal(size=(*shape, n))
        for axis in range(3):
            s = s + 0.8 * np.roll(s, 1, axis) + 0.5 * np.roll(s, 2, axis)
        s *= 0.5 / s.std()
    y, x = np.indices(shape)
    field = np.exp(-((y - 5) ** 2 + (x - 2) ** 2) / 2) * (0.3 if correlated else 1.5)
    s, drive = s.reshape(-1, n), np.zeros(n)
    for lag, weight in enumerate(TEMPORAL):
        drive[lag:] += weight * (field.ravel() @ s[:, : n - lag])
    return s, rng.poisson(2.5 * np.exp(drive))


def brute_lasso(s, c, alpha):
    """Minimise over w = p − q with p, q ≥ 0: smooth, so that scipy can."""
    n_pixels, n = s.shape

    def objective(x):
        p, q, b = x[:n_pixels], x[n_pixels:-1], x[-1]
        drive = (p - q) @ s + b
        slope = s @ (np.exp(drive) - c) / n
        value = np.mean(np.exp(drive) - c * drive) + alpha * (p + q).sum()
        return value, np.concatenate([slope + alpha, alpha - slope, [np.mean(np.exp(drive) - c)]])

    start = np.append(np.zeros(2 * n_pixels), np.log(c.mean()))
    bounds = [(0, None)] * (2 * n_pixels) + [(None, None)]
    options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 10_000, "maxfun": 100_000}
    found = optimize.minimize(
        objective, start, jac=True, bounds=bounds, method="L-BFGS-B", options=options
    )
    return found.x[:n_pixels] - found.x[n_pixels:-1], found.fun


# ---- counts and pairs


def test_each_spike_counts_in_its_frame():
    triggers = [1.0, 2.0, 2.5, 4.0]
    spiketimes = [4.0, 2.5, 0.999, 1.0, 1.999, 2.0, 3.999, 2.499, 7.0]  # in any order
    assert bin_spikes(spiketimes, triggers).tolist() == [2, 2, 2]
    assert bin_spikes([], triggers).tolist() == [0, 0, 0]
    assert bin_spikes(spiketimes, triggers).dtype.kind == "i"


def test_bin_spikes_against_a_loop():
    rng = np.random.default_rng(0)
    triggers = np.cumsum(rng.uniform(0.1, 0.3, 40))
    spiketimes = rng.uniform(-1, 9, 300)
    expected = [sum(a <= t < b for t in spiketimes) for a, b in pairwise(triggers)]
    assert bin_spikes(spiketimes, triggers).tolist() == expected


def test_lags_pair_a_count_with_the_frame_before_and_copy_nothing():
    stim, counts = np.arange(12.0).reshape(2, 6), np.arange(6.0)
    s, c = lagged(stim, counts, 2)
    assert s.tolist() == [[0, 1, 2, 3], [6, 7, 8, 9]]
    assert c.tolist() == [2, 3, 4, 5]
    assert np.shares_memory(s, stim)
    assert np.shares_memory(c, counts)


# ---- maximum likelihood and ridge


@pytest.mark.parametrize("correlated", [False, True])
def test_every_lag_is_at_its_maximum(correlated):
    stim, counts = cell(correlated=correlated)
    lags, dt, R = [0, 1, 3], 0.2, counts.mean() / 0.2
    W = fit_rf(stim, counts, lags, dt, R)
    assert W.shape == (48, 3)
    for lag, w in zip(lags, W.T, strict=True):
        s, c = stim[:, : 800 - lag], counts[lag:]
        at_zero = np.abs(deriv_negloglike_lnp(0 * w, c, s, dt, R)).max()
        assert np.abs(deriv_negloglike_lnp(w, c, s, dt, R)).max() < 2e-6 * at_zero


def test_maximum_likelihood_finds_the_field_at_its_lag():
    stim, counts = cell(seed=1)
    W = fit_rf(stim, counts, range(4), 0.2, counts.mean() / 0.2)
    u, s, v = separate_space_time(W)
    assert np.unravel_index(np.abs(u).argmax(), (8, 6)) == (5, 2)
    assert v.argmax() == 1
    assert s > 0


@pytest.mark.parametrize("penalty", [1e-3, 0.1, 10.0])
@pytest.mark.parametrize("correlated", [False, True])
def test_ridge_is_that_of_scikit_learn(penalty, correlated):
    stim, counts = cell(correlated=correlated)
    s, c = lagged(stim, counts, 1)
    fit = poisson_ridge(s, c, penalty)
    peer = PoissonRegressor(alpha=penalty, tol=1e-10, max_iter=1000, solver="newton-cholesky")
    peer.fit(s.T, c)
    assert fit.converged
    np.testing.assert_allclose(fit.w, peer.coef_, atol=1e-6)
    assert fit.b == pytest.approx(peer.intercept_, abs=1e-6)
    np.testing.assert_array_equal(ridge_rf(stim, counts, 1, penalty), fit.w)
    r = np.exp(fit.w @ s + fit.b)
    assert np.abs(s @ (r - c) / len(c) + penalty * fit.w).max() <= fit.violation * 1.01 + 1e-12


# ---- lasso


@pytest.mark.parametrize("share", [0.9, 0.4, 0.1, 0.02])
@pytest.mark.parametrize("correlated", [False, True])
def test_lasso_is_the_optimum(share, correlated):
    stim, counts = cell(correlated=correlated)
    alpha = share * alpha_max(stim, counts, 1)
    s, c = lagged(stim, counts, 1)
    fit = poisson_lasso(s, c, alpha, tol=1e-8)
    assert fit.converged
    gradient = s @ (np.exp(fit.w @ s + fit.b) - c) / len(c)
    on = fit.w != 0
    tolerance = 1.1e-8 * alpha_max(stim, counts, 1)
    assert np.abs(gradient[on] + alpha * np.sign(fit.w[on])).max(initial=0) <= tolerance
    assert np.abs(gradient[~on]).max(initial=0) <= alpha + tolerance
    w, objective = brute_lasso(s, c, alpha)
    assert lasso_objective(stim, counts, 1, alpha, fit.w) <= objective + 1e-10
    np.testing.assert_allclose(fit.w, w, atol=2e-3)
    np.testing.assert_allclose(fit_lasso_rf(stim, counts, 1, alpha), fit.w, atol=1e-4)


def test_objective_is_the_least_over_the_intercept():
    stim, counts = cell()
    s, c = lagged(stim, counts, 2)
    w = np.random.default_rng(0).normal(scale=0.3, size=48)
    found = optimize.minimize_scalar(lambda b: np.mean(np.exp(w @ s + b) - c * (w @ s + b)))
    expected = found.fun + 0.3 * np.abs(w).sum()
    assert lasso_objective(stim, counts, 2, 0.3, w) == pytest.approx(expected)


def test_alpha_max_is_where_the_first_weight_appears():
    stim, counts = cell()
    for lag in range(3):
        alpha = alpha_max(stim, counts, lag)
        assert not fit_lasso_rf(stim, counts, lag, alpha).any()
        assert not fit_lasso_rf(stim, counts, lag, 1e6 * alpha).any()
        w = fit_lasso_rf(stim, counts, lag, 0.999 * alpha)
        assert np.count_nonzero(w) == 1
        s, c = lagged(stim, counts, lag)
        assert np.abs(w).argmax() == np.abs(s @ (c - c.mean())).argmax()


@pytest.mark.parametrize("share", [0.3, 0.03])
def test_the_gap_bounds_how_far_the_objective_is_off(share):
    stim, counts = cell()
    alpha = share * alpha_max(stim, counts, 1)
    s, c = lagged(stim, counts, 1)
    best = lasso_objective(stim, counts, 1, alpha, poisson_lasso(s, c, alpha, tol=1e-9).w)
    for tol in (0.1, 0.01, 1e-3, 1e-6):
        fit = poisson_lasso(s, c, alpha, tol=tol)
        drive = fit.w @ s + fit.b
        off = np.mean(np.exp(drive) - c * drive) + alpha * np.abs(fit.w).sum() - best
        assert -1e-12 <= off <= fit.gap + abs(np.mean(np.exp(drive) - c)) * 2
    assert fit.gap < 1e-5


def test_kkt_violation_sees_every_kind_of_wrong_weight():
    stim, counts = cell()
    alpha = 0.2 * alpha_max(stim, counts, 1)
    w = poisson_lasso(*lagged(stim, counts, 1), alpha, tol=1e-9).w
    assert kkt_violation(stim, counts, 1, alpha, w) < 1e-8 * alpha_max(stim, counts, 1)
    on, off = np.flatnonzero(w)[0], np.flatnonzero(w == 0)[0]
    for pixel, value in ((on, 0.0), (on, 1.1 * w[on]), (on, -w[on]), (off, 0.05)):
        wrong = w.copy()
        wrong[pixel] = value
        assert kkt_violation(stim, counts, 1, alpha, wrong) > 1e-3 * alpha
    assert kkt_violation(stim, counts, 1, alpha, 0 * w) == pytest.approx(
        alpha_max(stim, counts, 1) - alpha
    )


def test_a_path_has_the_order_given_and_the_fits_made_alone():
    stim, counts = cell()
    alphas = alpha_max(stim, counts, 1) * np.array([0.1, 0.8, 0.02, 0.3, 0.3])
    fits = path(*lagged(stim, counts, 1), alphas)
    for alpha, fit in zip(alphas, fits, strict=True):
        assert fit.converged
        np.testing.assert_allclose(fit.w, fit_lasso_rf(stim, counts, 1, alpha), atol=1e-4)
    assert not np.shares_memory(fits[3].w, fits[4].w)


HARD = {
    "one spike": lambda s, c: (s, np.eye(len(c))[100]),
    "four spikes": lambda s, c: (s, np.eye(len(c))[[3, 77, 400, 700]].sum(axis=0)),
    "huge counts": lambda s, c: (s, 10_000 * c),
    "twin pixels": lambda s, c: (np.vstack([s, s]), c),
    "0/1 coded": lambda s, c: (s + 0.5, c),
    "large values": lambda s, c: (1000 * s, c),
    "a constant pixel": lambda s, c: (np.vstack([s, np.full((1, len(c)), 0.5)]), c),
    "a dead pixel": lambda s, c: (np.vstack([s, np.zeros((1, len(c)))]), c),
    "fewer frames than pixels": lambda s, c: (s[:, :30], c[:30]),
    "all spikes at the end": lambda s, c: (s, c * (np.arange(len(c)) > 780)),
}


@pytest.mark.parametrize("correlated", [False, True])
@pytest.mark.parametrize("name", HARD)
def test_hard_problems_converge_too(name, correlated):
    s, c = HARD[name](*cell(correlated=correlated))
    alphas = alpha_max(s, c, 0) * np.geomspace(1, 1e-3, 6)
    for alpha, fit in zip(alphas, path(s, c, alphas), strict=True):
        assert fit.converged
        assert fit.violation <= 1.01e-6 * alphas[0] + 1e-12 * c.max()
        assert kkt_violation(s, c, 0, alpha, fit.w) <= 1e-5 * alphas[0]
    cold = poisson_lasso(s, c, alphas[-1])
    assert cold.converged
    assert lasso_objective(s, c, 0, alphas[-1], cold.w) == pytest.approx(
        lasso_objective(s, c, 0, alphas[-1], fit.w), rel=1e-6, abs=1e-6 * alphas[0]
    )


def test_alpha_zero_is_maximum_likelihood_with_an_intercept():
    s, c = cell(n=1000)
    fit = poisson_lasso(s, c, 0.0, tol=1e-9)
    peer = PoissonRegressor(alpha=0, tol=1e-10, max_iter=1000, solver="newton-cholesky")
    peer.fit(s.T, c)
    assert fit.converged
    np.testing.assert_allclose(fit.w, peer.coef_, atol=1e-6)


def test_no_spikes_no_weights():
    stim, _ = cell(n=100)
    silent = np.zeros(100)
    assert not fit_lasso_rf(stim, silent, 1, 0.1).any()
    assert not ridge_rf(stim, silent, 1, 0.1).any()
    fit = poisson_lasso(stim, silent, 0.1)
    assert fit.converged
    assert np.exp(fit.b) == 0
    assert len(path(stim, silent, [0.1, 0.2])) == 2


@pytest.mark.parametrize("seed", range(20))
def test_quadratic_with_penalty_by_coordinate_descent(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 25)
    A = rng.normal(size=(n, n + 3)) + rng.normal() * rng.normal(size=n + 3)  # correlated rows
    Q, slope, x = A @ A.T, rng.normal(size=n) * 5, rng.normal(size=n) * rng.integers(0, 2, n)
    penalties = np.append(np.full(n - 1, rng.uniform(0.1, 5)), 0.0)
    z = x.copy()
    for _ in range(20_000):
        before = z.copy()
        for j in range(n):
            g = slope[j] + Q[j] @ (z - x) - Q[j, j] * z[j]
            z[j] = -np.sign(g) * max(abs(g) - penalties[j], 0) / Q[j, j]
        if np.abs(z - before).max() < 1e-13:
            break

    def objective(y):
        return slope @ (y - x) + (y - x) @ Q @ (y - x) / 2 + penalties @ np.abs(y)

    found = lasso_quadratic(Q, slope, x, penalties)
    assert objective(found) <= objective(z) + 1e-9 * (1 + abs(objective(z)))


# ---- cross-validation


def test_held_out_blocks_are_contiguous_and_deviances_add_over_lags():
    stim, counts = cell(n=401)
    alphas = alpha_max(stim, counts, 1) * np.array([0.05, 0.5])
    deviance = cross_validate(stim, counts, [0, 2], alphas, n_blocks=4)
    assert deviance.shape == (2, 4)
    edges = [0, 100, 200, 300, 401]
    for i, alpha in enumerate(alphas):
        for k in range(4):
            expected = 0
            for lag in (0, 2):
                times = np.arange(lag, 401)
                held_out = (times >= edges[k]) & (times < edges[k + 1])
                s, c = stim[:, times - lag], counts[times]
                fit = poisson_lasso(s[:, ~held_out], c[~held_out], alpha)
                r = np.exp(fit.w @ s[:, held_out] + fit.b)
                expected += poisson_deviance(c[held_out], r) / held_out.sum()
            assert deviance[i, k] == pytest.approx(expected, rel=1e-4)
    ridge = cross_validate(stim, counts, [1], [0.01, 1e4], fit=poisson_ridge)
    assert ridge.shape == (2, 5)
    assert ridge[0].mean() < ridge[1].mean()


def test_one_standard_error_takes_the_largest_that_is_as_good():
    deviance = np.array([[1.0, 3.0], [0.9, 3.5], [1.3, 3.4], [4.0, 6.0]])
    # Above the first by 0.2 ± 0.3, 0.35 ± 0.05 and 3 ± 0.
    assert one_standard_error([0.1, 0.2, 0.3, 0.4], deviance) == 0.2
    assert one_standard_error([0.4, 0.2, 0.3, 0.1], deviance) == 0.4
    # A block in which the cell fired more is harder for all of them.
    assert one_standard_error([0.1, 0.2, 0.3, 0.4], deviance + np.array([0, 100])) == 0.2


def test_lasso_path_keeps_the_field_and_drops_the_rest():
    stim, counts = cell(n=1200)
    alphas = alpha_max(stim, counts, 1) * np.geomspace(0.02, 1, 8)
    W, best = lasso_path(stim, counts, [0, 1, 2], alphas)
    assert W.shape == (48, 3, 8)
    assert best in alphas
    assert best == one_standard_error(alphas, cross_validate(stim, counts, [0, 1, 2], alphas))
    for i, lag in enumerate([0, 1, 2]):
        for j, alpha in enumerate(alphas):
            assert kkt_violation(stim, counts, lag, alpha, W[:, i, j]) < 2e-6 * alphas[-1]
    chosen = W[:, 1, list(alphas).index(best)]
    assert np.abs(chosen).argmax() == 5 * 6 + 2
    assert 0 < np.count_nonzero(chosen) < 24
    assert np.abs(W[:, 0, list(alphas).index(best)]).max() < np.abs(chosen).max() / 4


# ---- space and time


def test_a_separable_field_is_found_whatever_its_offset():
    rng = np.random.default_rng(0)
    a, b, offset = rng.normal(size=30), rng.normal(size=5), rng.normal(size=(30, 1))
    u, s, v = separate_space_time(np.outer(a, b) + offset)
    b = b - b.mean()
    np.testing.assert_allclose(s * np.outer(u, v), np.outer(a, b), atol=1e-12)
    assert np.linalg.norm(u) == pytest.approx(1)
    assert np.linalg.norm(v) == pytest.approx(1)
    assert s == pytest.approx(np.linalg.norm(a) * np.linalg.norm(b))
    assert u[np.abs(u).argmax()] > 0
    assert v.sum() == pytest.approx(0, abs=1e-12)
    for value, other in zip((u, s, v), separate_space_time(-np.outer(a, -b) + offset), strict=True):
        np.testing.assert_allclose(value, other)


def test_no_rank_one_field_is_nearer():
    W = np.random.default_rng(1).normal(size=(20, 4))
    u, s, v = separate_space_time(W)
    centred = W - W.mean(axis=1, keepdims=True)
    values = np.linalg.svd(centred, compute_uv=False)
    residual = np.linalg.norm(centred - s * np.outer(u, v))
    assert residual**2 == pytest.approx((values[1:] ** 2).sum())


def test_sta_is_the_mean_frame_on_the_screen_before_a_spike():
    rng = np.random.default_rng(2)
    triggers = 5 + np.cumsum(rng.uniform(0.05, 0.4, 61))
    stim = rng.normal(size=(7, 60))
    spiketimes = rng.uniform(4, triggers[-1] + 2, 200)
    lags = [-0.3, 0.0, 0.01, 0.1, 1.234]
    expected = np.zeros((7, 5))
    for j, lag in enumerate(lags):
        shown = []
        for t in spiketimes - lag:
            for k in range(60):
                if triggers[k] <= t < triggers[k + 1]:
                    shown.append(stim[:, k])
        assert 0 < len(shown) < 200
        expected[:, j] = np.mean(shown, axis=0)
    np.testing.assert_allclose(sta(stim, spiketimes, triggers, lags), expected)


def test_sta_without_a_spike_left_is_nan_without_a_warning(recwarn):
    field = sta(np.ones((2, 3)), [1.5], [0, 1, 2, 3.0], [0.0, 5.0])
    assert field[:, 0].tolist() == [1, 1]
    assert np.isnan(field[:, 1]).all()
    assert not recwarn.list


def test_whole_lags_and_seconds_agree_on_a_regular_display():
    stim, counts = cell(n=300)
    triggers = np.arange(301) * 0.25
    spiketimes = np.repeat(triggers[:-1] + 0.125, counts)
    fine = sta(stim, spiketimes, triggers, np.arange(4) * 0.25)
    np.testing.assert_allclose(fine, sta_frames(stim, counts, range(4)))


def test_sta_of_a_binary_stimulus_is_a_tanh():
    """With one lag only, STA_i = a tanh(a w_i), each pixel within five of its standard errors."""
    rng = np.random.default_rng(3)
    n, a = 40_000, 0.5
    s = np.where(rng.random((9, n)) < 0.5, -a, a)
    w = np.linspace(-1, 1, 9)
    c = rng.poisson(2 * np.exp(w @ s))
    mean, square = 2 * np.prod(np.cosh(a * w)), 4 * np.prod(np.cosh(2 * a * w))
    error = a * np.sqrt((square / mean**2 + 1 / mean) / n)
    z = (sta_frames(s, c, [0])[:, 0] - a * np.tanh(a * w)) / error
    assert np.abs(z).max() < 5


# ---- how good is a fit


def test_deviance_and_bits_are_likelihoods():
    rng = np.random.default_rng(4)
    r = rng.gamma(2.0, 1.5, 500)
    c = rng.poisson(r)
    best = stats.poisson.logpmf(c[c > 0], c[c > 0]).sum()
    assert poisson_deviance(c, r) == pytest.approx(2 * (best - stats.poisson.logpmf(c, r).sum()))
    for mean in (None, 2.2):
        constant = stats.poisson.logpmf(c, c.mean() if mean is None else mean).sum()
        expected = (stats.poisson.logpmf(c, r).sum() - constant) / (c.sum() * np.log(2))
        assert bits_per_spike(c, r, mean) == pytest.approx(expected)
    assert bits_per_spike(c, np.full(500, c.mean())) == pytest.approx(0, abs=1e-12)
    assert bits_per_spike(c, r) > 0.1
    assert bits_per_spike([1, 0], [0.0, 1.0]) == -np.inf


# ---- arguments


def test_arguments_stay_as_they_were():
    stim, counts = cell(n=200)
    triggers, spiketimes = np.arange(201.0), np.array([3.5, 1.5])
    for array in (stim, counts, triggers, spiketimes):
        array.flags.writeable = False
    alphas = (0.5, 0.1)
    lasso_path(stim, counts, (0, 1), alphas, n_blocks=3)
    fit_rf(stim, counts, [1], 0.2, 10.0)
    ridge_rf(stim, counts, 1, 1.0)
    sta(stim, spiketimes, triggers, (0.5,))
    separate_space_time(stim)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s, c: fit_rf(s[:, :-1], c, [0], 1, 1), "one column per count"),
        (lambda s, c: fit_rf(s, c, [50], 1, 1), "from 0 to 49"),
        (lambda s, c: fit_rf(s, c, [-1], 1, 1), "from 0 to 49"),
        (lambda s, c: fit_lasso_rf(s, c, 0.5, 1), "whole number"),
        (lambda s, c: fit_lasso_rf(s, c, 0, -1.0), "0 or more"),
        (lambda s, c: fit_lasso_rf(s, c, 0, np.nan), "0 or more"),
        (lambda s, c: fit_lasso_rf(s * np.nan, c, 0, 1.0), "NaN"),
        (lambda s, c: fit_lasso_rf(s, c - 50.0, 0, 1.0), "below 0"),
        (lambda s, c: lasso_path(s, c, [0, 10], [1.0]), "blocks of more than 10 frames"),
        (lambda s, c: bin_spikes([1.0], [2.0, 1.0]), "ascend"),
        (lambda s, c: bin_spikes([1.0], [2.0]), "ascend"),
    ],
)
def test_arguments_that_cannot_be_used(call, words):
    stim, counts = cell(n=50)
    with pytest.raises(ValueError, match=words):
        call(stim, counts)
