"""helpers.lnp against scipy, scikit-learn, finite differences and facts about Poisson neurons.

Facts about random counts are compared over many draws, five standard errors wide.
"""

import numpy as np
import pytest
from scipy import optimize, stats
from sklearn.linear_model import PoissonRegressor

from helpers import lnp as module
from helpers.lnp import (
    deriv_negloglike_lnp,
    fit_lnp,
    fit_lnp_details,
    gen_gauss_rf,
    line_minimum,
    negloglike_lnp,
    observed_information,
    sample_lnp,
    standard_errors,
)

DT, R = 0.1, 50


def neuron(nT=1000, D=15, seed=0, width=7):
    w = gen_gauss_rf(D, width, (1, 1)).ravel()
    c, r, s = sample_lnp(w, nT, DT, R, 5, seed)
    return w, c, r, s


def correlated(seed, n_pixels=40, nT=600, smoothness=3.0):
    """A Gaussian stimulus whose neighbouring pixels are nearly the same."""
    rng = np.random.default_rng(seed)
    x = np.arange(n_pixels)
    kernel = np.exp(-((x[:, None] - x) ** 2) / (2 * smoothness**2))
    s = kernel @ rng.normal(size=(n_pixels, nT)) / 2
    w = 0.1 * np.exp(-((x - 10) ** 2) / 8)
    return rng.poisson(np.exp(w @ s) * DT * R), s


def relative_gradient(w, c, s, dt=DT, R=R, ridge=0.0):
    gradient = deriv_negloglike_lnp(w, c, s, dt, R) + ridge * w
    return np.abs(gradient).max() / np.abs(deriv_negloglike_lnp(0 * w, c, s, dt, R)).max()


# ---- the neuron


def test_the_field_sums_to_one_and_has_its_peak_where_asked():
    w = gen_gauss_rf(15, 7, (1, 1))
    assert w.shape == (15, 15)
    assert w.sum() == pytest.approx(1)
    assert np.linalg.norm(w) == pytest.approx(0.151, abs=5e-4)
    assert np.unravel_index(w.argmax(), w.shape) == (8, 8)
    assert np.unravel_index(gen_gauss_rf(7, 2, (-1, 2)).argmax(), (7, 7)) == (2, 5)
    even = gen_gauss_rf(4, 3)
    np.testing.assert_allclose(even, even[::-1, ::-1])
    assert even[1, 1] / even[1, 0] == pytest.approx(np.exp((1.5**2 - 0.5**2) / 3))


def test_the_stimulus_is_binary_and_balanced():
    _, c, r, s = neuron(nT=4000)
    assert c.shape == r.shape == (4000,)
    assert s.shape == (225, 4000)
    assert set(np.unique(s)) == {-2.5, 2.5}
    assert abs(s.mean()) < 5 * 2.5 / np.sqrt(s.size)
    products = s @ s.T / (2.5**2 * 4000)
    assert np.abs(products - np.eye(225)).max() < 7 / np.sqrt(4000)


def test_counts_are_poisson_given_the_rates():
    w, c, r, s = neuron(nT=20_000)
    np.testing.assert_allclose(r, np.exp(w @ s) * DT * R)
    assert c.dtype.kind == "i"
    assert c.min() >= 0
    z = (c - r) / np.sqrt(r)
    assert abs(z.mean()) < 5 / np.sqrt(len(z))
    # E z⁴ = 3 + 1 / r for Poisson counts, so var z² = 2 + mean(1 / r).
    assert abs((z**2).mean() - 1) < 5 * np.sqrt((2 + (1 / r).mean()) / len(z))
    uniform = stats.poisson.cdf(c - 1, r) + np.random.default_rng(0).random(len(c)) * (
        stats.poisson.pmf(c, r)
    )
    assert stats.kstest(uniform, "uniform").pvalue > 1e-6


def test_mean_rate_and_sta_are_those_of_a_binary_stimulus():
    """E r = dt R Π cosh(a w_i) and STA_i = a tanh(a w_i), with the STA's own standard error."""
    a, nT = 2.5, 50_000
    w, c, r, s = neuron(nT=nT, seed=3)
    mean = DT * R * np.prod(np.cosh(a * w))
    square = (DT * R) ** 2 * np.prod(np.cosh(2 * a * w))
    assert mean == pytest.approx(5.37, abs=5e-3)
    assert abs(r.mean() - mean) < 5 * np.sqrt((square - mean**2) / nT)
    sta = s @ c / c.sum()
    error = a * np.sqrt((square / mean**2 + 1 / mean) / nT)
    z = (sta - a * np.tanh(a * w)) / error
    assert np.abs(z).max() < 5
    assert (z**2).mean() == pytest.approx(1, abs=5 * np.sqrt(2 / 225))


def test_a_seed_gives_one_sample_and_touches_nothing_else():
    w = gen_gauss_rf(3, 2).ravel()
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    first, again, other = (sample_lnp(w, 50, DT, R, 5, seed) for seed in (10, 10, 11))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first[2], other[2])
    np.testing.assert_array_equal(first[0], sample_lnp(w, 50, DT, R, 5)[0])
    np.testing.assert_array_equal(before, np.random.get_state()[1])
    np.testing.assert_array_equal(first[0], sample_lnp(w.reshape(3, 3), 50, DT, R, 5)[0])


# ---- the likelihood


@pytest.mark.parametrize(("dt", "rate"), [(0.1, 50), (0.02, 7.0)])
def test_likelihood_is_that_of_scipy(dt, rate):
    _, c, _, s = neuron(nT=200, D=5)
    for w in np.random.default_rng(1).normal(scale=0.2, size=(4, 25)):
        expected = -stats.poisson.logpmf(c, np.exp(w @ s) * dt * rate).sum()
        ours = negloglike_lnp(w, c, s, dt, rate) + sum(map(log_factorial, c))
        assert ours == pytest.approx(expected, rel=1e-12)


def log_factorial(c):
    return np.log(np.arange(1, c + 1)).sum()


def test_large_counts_and_rates_do_not_overflow():
    s = np.array([[1.0, -1.0]])
    assert np.isfinite(negloglike_lnp([0.1], [10_000, 20_000], s, 0.1, 1e5))
    assert np.isfinite(deriv_negloglike_lnp([0.1], [10_000, 20_000], s, 0.1, 1e5)).all()


def test_gradient_and_information_by_differences():
    _, c, _, s = neuron(nT=120, D=4)
    w = np.random.default_rng(2).normal(scale=0.1, size=16)
    gradient = deriv_negloglike_lnp(w, c, s)
    np.testing.assert_allclose(
        gradient, optimize.approx_fprime(w, negloglike_lnp, 1e-7, c, s), rtol=1e-3, atol=1e-2
    )
    step = 1e-5 * np.eye(16)
    differences = [
        deriv_negloglike_lnp(w + h, c, s) - deriv_negloglike_lnp(w - h, c, s) for h in step
    ]
    np.testing.assert_allclose(
        observed_information(w, s), np.array(differences) / 2e-5, rtol=1e-6, atol=1e-4
    )


def test_information_is_what_the_score_varies_by():
    w, _, r, s = neuron(nT=300, D=3, width=2)
    rng = np.random.default_rng(4)
    scores = np.array([deriv_negloglike_lnp(w, rng.poisson(r), s) for _ in range(4000)])
    expected = observed_information(w, s)
    root = np.linalg.inv(np.linalg.cholesky(expected))
    white = np.cov((scores @ root.T).T)
    assert np.abs(white - np.eye(9)).max() < 5 * np.sqrt(2 / 4000)


# ---- the fit


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("nT", "D"), [(60, 3), (300, 5), (1000, 15), (8000, 15)])
def test_fit_is_the_optimum(nT, D, seed):
    _, c, _, s = neuron(nT, D, seed, width=2 if D < 15 else 7)
    fit = fit_lnp_details(c, s, DT, R, tol=1e-9)
    assert fit.converged
    assert fit.finite
    assert fit.iterations < 60
    assert relative_gradient(fit.w, c, s) <= 1e-9 * (1 + 1e-3)
    assert fit.gradient == pytest.approx(relative_gradient(fit.w, c, s), rel=1e-2, abs=1e-14)
    assert np.linalg.eigvalsh(observed_information(fit.w, s))[0] > 0
    np.testing.assert_allclose(fit_lnp(c, s, DT, R), fit.w, atol=1e-4 * np.abs(fit.w).max())


@pytest.mark.parametrize("nT", [1000, 6000])
def test_fit_agrees_with_scikit_learn_and_scipy(nT):
    _, c, _, s = neuron(nT)
    w = fit_lnp_details(c, s, DT, R, tol=1e-10).w
    peer = PoissonRegressor(
        alpha=0, fit_intercept=False, tol=1e-9, max_iter=1000, solver="newton-cholesky"
    ).fit(s.T, c / (DT * R))
    np.testing.assert_allclose(w, peer.coef_, atol=1e-7)
    found = optimize.minimize(
        negloglike_lnp, np.zeros(225), (c, s, DT, R), "BFGS", deriv_negloglike_lnp
    )
    np.testing.assert_allclose(w, found.x, atol=1e-5)
    assert negloglike_lnp(w, c, s, DT, R) <= found.fun + 1e-9


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("smoothness", [1.0, 2.0, 4.0])
def test_correlated_stimuli_need_newton_and_get_it(smoothness, seed):
    c, s = correlated(seed, smoothness=smoothness)
    fit = fit_lnp_details(c, s, DT, R, tol=1e-8)
    assert fit.converged
    assert relative_gradient(fit.w, c, s) <= 1.01e-8
    start = negloglike_lnp(np.zeros(len(s)), c, s)
    found = optimize.minimize(
        negloglike_lnp, np.zeros(len(s)), (c, s), "BFGS", deriv_negloglike_lnp
    )
    assert negloglike_lnp(fit.w, c, s) <= found.fun + 1e-6 * (start - found.fun)


def test_any_scale_offset_or_rate_is_fitted():
    _, c, _, s = neuron(nT=500, D=5)
    plain = fit_lnp_details(c, s, DT, R, tol=1e-9).w
    for factor in (1e-4, 1e4):
        scaled = fit_lnp_details(c, s * factor, DT, R, tol=1e-9)
        np.testing.assert_allclose(scaled.w * factor, plain, atol=1e-6)
    for shifted, rate in ((s + 2.5, R), (s - 1.0, R), (s, 1e3 * R), (s, 1e-3 * R)):
        fit = fit_lnp_details(c, shifted, DT, rate, tol=1e-8)
        assert fit.converged
        assert relative_gradient(fit.w, c, shifted, DT, rate) < 1.01e-8
    fit = fit_lnp_details(c * 2000, s, DT, R * 2000, tol=1e-9)  # counts of 10⁴ and more
    np.testing.assert_allclose(fit.w, plain, atol=1e-6)


def test_single_precision_leads_to_the_same_place(monkeypatch):
    _, c, _, s = neuron()
    led = fit_lnp_details(c, s, DT, R, tol=1e-9)
    monkeypatch.setattr(module, "SMALL", 0)
    alone = fit_lnp_details(c, s, DT, R, tol=1e-9)
    np.testing.assert_allclose(led.w, alone.w, atol=1e-8)
    monkeypatch.setattr(module, "PATIENCE", 0)
    newton = fit_lnp_details(c, s, DT, R, tol=1e-9)
    np.testing.assert_allclose(newton.w, alone.w, atol=1e-8)
    assert newton.iterations < 10


def test_max_iterations_ends_it_and_says_so():
    _, c, _, s = neuron()
    for most in (0, 1, 3):
        fit = fit_lnp_details(c, s, DT, R, tol=1e-12, max_iterations=most)
        assert not fit.converged
        assert fit.iterations == most
        assert fit.gradient == pytest.approx(relative_gradient(fit.w, c, s))


def test_more_bins_recover_the_field():
    for nT, low, high in ((1000, 0.74, 0.88), (10_000, 0.97, 0.99)):
        found = []
        for seed in range(4):
            w, c, _, s = neuron(nT, seed=seed)
            found.append(np.corrcoef(fit_lnp(c, s, DT, R), w)[0, 1])
        assert low < np.mean(found) < high


# ---- what cannot be told from the data


@pytest.mark.parametrize("ridge", [0.1, 10.0])
def test_ridge_minimises_its_objective(ridge):
    _, c, _, s = neuron(nT=100)
    fit = fit_lnp_details(c, s, DT, R, ridge, tol=1e-9)
    assert fit.converged
    assert fit.finite
    assert relative_gradient(fit.w, c, s, ridge=ridge) <= 1.01e-9
    peer = PoissonRegressor(
        alpha=ridge / (100 * DT * R), fit_intercept=False, tol=1e-10, max_iter=1000
    ).fit(s.T, c / (DT * R))
    np.testing.assert_allclose(fit.w, peer.coef_, atol=1e-5)


def test_a_pixel_that_never_spoke_stays_at_zero_and_twins_share():
    _, c, _, s = neuron(nT=300, D=4)
    plain = fit_lnp_details(c, s, DT, R, tol=1e-10).w
    more = np.vstack([s, np.zeros((1, 300)), s[:1]])
    fit = fit_lnp_details(c, more, DT, R, tol=1e-10)
    assert fit.finite
    assert fit.w[16] == 0
    np.testing.assert_allclose(fit.w[[0, 17]], plain[0] / 2, atol=1e-7)
    np.testing.assert_allclose(fit.w[1:16], plain[1:], atol=1e-7)
    with pytest.raises(ValueError, match="singular"):
        standard_errors(fit.w, more, DT, R)


def test_a_pixel_that_never_changes_is_an_intercept():
    _, c, _, s = neuron(nT=400, D=4)
    with_ones = np.vstack([s, np.full((1, 400), 2.5)])
    w = fit_lnp_details(c, with_ones, DT, R, tol=1e-10).w
    r = np.exp(w @ with_ones) * DT * R
    assert r.sum() == pytest.approx(c.sum())


def test_no_finite_maximum_is_said():
    _, c, _, s = neuron()
    fewer = c[:100].copy()
    fewer[5] = 0
    for counts, stimulus in ((fewer, s[:, :100]), (0 * c[:300], s[:, :300])):
        fit = fit_lnp_details(counts, stimulus, DT, R)
        assert not fit.finite
        with pytest.raises(ValueError, match="no finite maximum"):
            fit_lnp(counts, stimulus, DT, R)
        assert np.isfinite(fit_lnp(counts, stimulus, DT, R, ridge=1.0)).all()


def test_bins_without_spikes_are_no_harm_where_the_stimulus_is_balanced():
    s = np.array([[1.0, -1, 2, -1], [1, 1, -1, -2]])
    fit = fit_lnp_details(np.zeros(4), s, 1, 1, tol=1e-10)
    assert fit.finite
    assert relative_gradient(fit.w, np.zeros(4), s, 1, 1) < 1e-9
    one_sided = fit_lnp_details(np.zeros(4), np.abs(s), 1, 1)
    assert not one_sided.finite


def test_fewer_bins_than_pixels_with_spikes_in_all_explain_every_count():
    rng = np.random.default_rng(0)
    s, c = rng.normal(size=(30, 10)), rng.integers(1, 9, 10)
    fit = fit_lnp_details(c, s, 1, 1, tol=1e-12)
    assert fit.finite
    np.testing.assert_allclose(np.exp(fit.w @ s), c, rtol=1e-6)


# ---- error bars


def test_error_bars_cover_the_truth():
    """Observed information at ŵ: 95 ± 2 % of the pixels over 200 repeats, and z near normal."""
    inside, squares = [], []
    for seed in range(200):
        w, c, _, s = neuron(seed=seed)
        w_hat = fit_lnp(c, s, DT, R)
        z = (w_hat - w) / standard_errors(w_hat, s, DT, R)
        inside.append(np.mean(np.abs(z) < stats.norm.ppf(0.975)))
        squares.append(np.mean(z**2))
    assert 0.93 < np.mean(inside) < 0.97
    assert 0.9 < np.mean(squares) < 1.1


def test_standard_errors_are_those_of_the_inverse():
    w, _, _, s = neuron(nT=400, D=5)
    expected = np.sqrt(np.diag(np.linalg.inv(observed_information(w, s))))
    np.testing.assert_allclose(standard_errors(w, s), expected, rtol=1e-9)


# ---- line search, arguments


@pytest.mark.parametrize("scale", [1e-6, 1e-2, 1.0, 30.0, 1e3])
def test_line_minimum_finds_it_from_any_scale(scale):
    def slope(alpha):
        with np.errstate(over="ignore"):
            rate = np.exp(alpha * scale)
        return scale * (rate - 7), scale**2 * rate

    alpha = line_minimum(slope, -6 * scale, precision=1e-6)
    assert alpha * scale == pytest.approx(np.log(7), rel=1e-4)
    assert line_minimum(slope, -6 * scale, longest=1.0) <= 1.0


def test_arguments_stay_as_they_were_and_lists_will_do():
    w, c, _, s = neuron(nT=60, D=3)
    for array in (w, c, s):
        array.flags.writeable = False
    expected = fit_lnp(c, s, DT, R)
    np.testing.assert_array_equal(fit_lnp(c.tolist(), s.tolist(), DT, R), expected)
    np.testing.assert_array_equal(fit_lnp(c, s[:, :60], DT, R), expected)
    field = w.reshape(3, 3)
    assert negloglike_lnp(field, c, s) == negloglike_lnp(w, c, s)
    assert deriv_negloglike_lnp(field, c, s).shape == (9,)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c, s: fit_lnp(c[:-1], s), "a column for each of the 49"),
        (lambda c, s: fit_lnp(c, s[0]), "must be"),
        (lambda c, s: fit_lnp(-c - 1, s), "below 0"),
        (lambda c, s: fit_lnp(c * np.nan, s), "NaN"),
        (lambda c, s: fit_lnp(c, s * np.nan), "NaN"),
        (lambda c, s: fit_lnp(c, s, dt=0), "above 0"),
        (lambda c, s: negloglike_lnp(np.zeros(4), c, s), "4 weights, but s 9 pixels"),
        (lambda c, s: deriv_negloglike_lnp(np.zeros(10), c, s), "10 weights"),
    ],
)
def test_arguments_that_cannot_be_used(call, words):
    _, c, _, s = neuron(nT=50, D=3)
    with pytest.raises(ValueError, match=words):
        call(c, s)
