"""Lab 05: the answers printed in the notebook and the fast form in helpers.receptive_field are the same."""

import numpy as np
import pytest
from conftest import ROOT, names_of

from course.answers import reference
from course.folder import CourseFolder
from course.lab import Lab
from helpers import plotting, receptive_field
from helpers.checks import lasso_rf as checks
from helpers.data import load_ganglion_cell

LAGS = [0, 1, 3]


@pytest.fixture(scope="module")
def lab05():
    return Lab(CourseFolder(ROOT), "05-lasso-rf")


@pytest.fixture(scope="module")
def names(lab05):
    """The notebook's answers, and what its given cells define for the lasso."""
    return names_of(lab05, "violation-given")


@pytest.fixture(scope="module")
def cell():
    return load_ganglion_cell()


@pytest.fixture(scope="module")
def counts(cell):
    return receptive_field.bin_spikes(cell.spiketimes, cell.triggers)


def small_cell(seed, n_pixels=12, n=400):
    """Frames ±½ and the counts of a neuron that weights them at lag 1."""
    rng = np.random.default_rng(seed)
    stim = rng.choice([-0.5, 0.5], (n_pixels, n))
    drive = np.append(0, rng.normal(0, 0.8, n_pixels) @ stim[:, :-1])
    return stim, rng.poisson(3 * np.exp(drive))


@pytest.mark.parametrize("seed", range(3))
def test_counts_agree_also_on_the_flips(names, seed):
    rng = np.random.default_rng(seed)
    triggers = np.cumsum(rng.integers(1, 30, 80)) / 64
    spiketimes = np.sort(rng.integers(0, 1300, 400)) / 64  # some of them exactly on flips
    assert np.isin(spiketimes, triggers).sum() > 10
    np.testing.assert_array_equal(
        names["bin_spikes"](spiketimes, triggers), receptive_field.bin_spikes(spiketimes, triggers)
    )


def test_maximum_likelihood_agrees_on_the_cell(names, cell, counts):
    rate = counts.sum() / (cell.triggers[-1] - cell.triggers[0])
    args = cell.stim, counts, LAGS, cell.dt, rate
    ours, theirs = receptive_field.fit_rf(*args), names["fit_rf"](*args)
    # Both stop where the gradient is below about 1e-6 of the one at w = 0, so not at the same digit.
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5 * np.abs(ours).max())


@pytest.mark.parametrize("shape", [(300, 5), (4, 9), (7, 2)])
def test_space_and_time_agree(names, shape):
    W = np.random.default_rng(shape[0]).normal(size=shape)
    for ours, theirs in zip(
        receptive_field.separate_space_time(W), names["separate_space_time"](W), strict=True
    ):
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-10)


@pytest.mark.parametrize("share", [0.9, 0.5, 0.2, 0.05])
@pytest.mark.parametrize("lag", LAGS)
def test_lasso_agrees_on_the_cell(names, cell, counts, lag, share):
    top = receptive_field.alpha_max(cell.stim, counts, lag)
    alpha = share * top
    ours = receptive_field.fit_lasso_rf(cell.stim, counts, lag, alpha)
    theirs = names["fit_lasso_rf"](cell.stim, counts, lag, alpha)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(np.abs(theirs) > 1e-5, np.abs(ours) > 1e-5)
    assert receptive_field.kkt_violation(cell.stim, counts, lag, alpha, theirs) < 1e-5 * top


@pytest.mark.parametrize("seed", range(5))
def test_given_certificate_and_largest_penalty_agree(names, seed):
    stim, counts = small_cell(seed)
    rng = np.random.default_rng(seed)
    for lag in (0, 1, 4):
        top = receptive_field.alpha_max(stim, counts, lag)
        assert names["largest_alpha"](stim, counts, lag) == pytest.approx(top, rel=1e-12)
        w = rng.normal(size=len(stim)) * rng.integers(0, 2, len(stim))
        ours = receptive_field.kkt_violation(stim, counts, lag, top / 3, w)
        assert names["violation"](w, stim, counts, lag, top / 3) == pytest.approx(ours, rel=1e-10)


def test_path_agrees_in_the_order_given(names):
    stim, counts = small_cell(7)
    lags, alphas = [1, 0], [0.02, 0.3, 0.1]
    ours, choice = receptive_field.lasso_path(stim, counts, lags, alphas)
    theirs, best = names["lasso_path"](stim, counts, lags, alphas)
    assert theirs.shape == (12, 2, 3)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5)
    assert best == choice


def test_gain_of_an_empty_field_is_zero_and_of_a_strong_one_is_not(names):
    stim, counts = small_cell(8)
    top = receptive_field.alpha_max(stim, counts, 1)
    gain = names["held_out_gain"](stim, counts, [1], [2 * top, 0.1 * top])
    assert gain.shape == (5, 2)
    np.testing.assert_allclose(gain[:, 0], 0, atol=1e-12)
    assert gain[:, 1].min() > 0.05


def test_path_of_the_lab_agrees_and_keeps_the_field_alone(names, cell, counts):
    lags = [0, 1, 2, 3, 4]
    top = max(receptive_field.alpha_max(cell.stim, counts, lag) for lag in lags)
    alphas = list(np.geomspace(top, top / 16, 8))
    W, best = names["lasso_path"](cell.stim, counts, lags, alphas)
    assert best == receptive_field.lasso_path(cell.stim, counts, lags, alphas)[1]
    w = W[:, 1, alphas.index(best)]
    assert np.argmax(w) == np.argmax(cell.true_u)
    assert 5 <= np.sum(w != 0) < 60


@pytest.mark.parametrize("lag, alpha", [pair for pair in checks.SMALLEST if pair != (0, 0.2)])
def test_columns_of_zeros_are_far_from_the_optimum_that_checks_ask_for(lag, alpha):
    stim, counts = checks.small_retina(np.random.default_rng(0))
    s, c = checks.pairs(stim, counts, lag)
    empty = checks.objective(np.zeros(10), s, c, alpha)
    assert empty > checks.SMALLEST[lag, alpha] + 10 * checks.TOLERANCE


def test_a_wrong_gradient_ends_the_solver(names, lab05):
    source = reference(lab05)["fit_lasso_rf"]
    assert source.count("- c) / n") == 1
    wrong = dict(names)
    exec(source.replace("- c) / n", "+ c) / n"), wrong)
    with pytest.raises(RuntimeError, match="no step is short enough"):
        wrong["fit_lasso_rf"](*small_cell(9), 1, 0.1)


@pytest.mark.parametrize("seed", range(3))
def test_spike_triggered_averages_agree(names, cell, seed):
    lags_s = np.random.default_rng(seed).uniform(0, 1.5, 7)
    args = cell.stim, cell.spiketimes, cell.triggers, lags_s
    np.testing.assert_allclose(names["sta"](*args), receptive_field.sta(*args), atol=1e-12)


def test_maps_refuse_what_is_no_field():
    with pytest.raises(ValueError, match="300 values"):
        plotting.field_map(np.zeros(200))
    with pytest.raises(ValueError, match="2 titles"):
        plotting.field_maps(np.zeros((300, 3)), ["one", "two"])


def test_maps_have_row_after_row_and_one_scale():
    W = np.zeros((300, 2))
    W[15 * 12 + 4, 1] = 3.0
    first, second = (ax.images[0] for ax in plotting.field_maps(W, ["a", "b"]))
    assert second.get_array()[12, 4] == 3
    assert first.get_clim() == second.get_clim() == (-3, 3)


def test_timeline_counts_and_points_back():
    ax = plotting.frame_timeline([0.0, 0.2, 0.4, 0.6], [0.1, 0.5, 0.55], lag=2)
    said = [text.get_text() for text in ax.texts]
    assert {"counts[0] = 1", "counts[1] = 0", "counts[2] = 2", "column 2"} <= set(said)
    arrow = next(text for text in ax.texts if not text.get_text())
    assert arrow.xy[0] == pytest.approx(0.1) and arrow.xyann[0] == pytest.approx(0.5)
