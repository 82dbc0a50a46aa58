"""Lab 02: the answers printed in the notebook and helpers.spikes agree, and the sorting finds the units."""

import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, names_of
from scipy import stats
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.metrics import adjusted_rand_score, precision_score, recall_score
from sklearn.model_selection import cross_val_predict

from course.folder import CourseFolder
from course.lab import Lab
from helpers import mixture, spikes
from helpers.data import data_folder, load_session
from helpers.simulate import simulate_recording

FS = 30_000.0
# Fits that start warm run for a few iterations only.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def answers():
    """The notebook's own functions."""
    lab = Lab(CourseFolder(ROOT), "02-spike-sorting")
    with warnings.catch_warnings():  # the notebook's set-up silences warnings of its own
        return names_of(lab)


@pytest.fixture(scope="module")
def raw():
    return simulate_recording(6.0, random_seed=11).voltage()


def as_one_channel(x):
    return x[:, 2]


def as_array(x):
    return x


def as_frame(x):
    return pd.DataFrame(x, columns=["a", "b", "c", "d"])


@pytest.mark.parametrize("form", [as_one_channel, as_array, as_frame])
@pytest.mark.parametrize(("low", "high", "order"), [(500, 4000, 3), (300, 6000, 2), (5, 200, 4)])
def test_filters_agree(answers, raw, form, low, high, order):
    x = form(raw)
    ours = answers["filter_signal"](x, FS, low, high, order=order)
    np.testing.assert_allclose(ours, spikes.filter_signal(x, FS, low, high, order), atol=1e-8)


@pytest.mark.parametrize("form", [as_one_channel, as_array, as_frame])
@pytest.mark.parametrize(("freq", "q"), [(50.0, 30.0), (60.0, 10.0)])
def test_notches_agree(answers, raw, form, freq, q):
    # b, a against second-order sections: the filter rings for long, and rounding with it
    x = form(raw)
    ours = answers["remove_line_noise"](x, FS, freq=freq, q=q)
    np.testing.assert_allclose(ours, spikes.remove_line_noise(x, FS, freq, q), atol=1e-6)


@pytest.mark.parametrize("form", [as_one_channel, as_array, as_frame])
@pytest.mark.parametrize(("N", "lockout"), [(5, 1.0), (3, 0.3), (4, 20.0)])
def test_detections_are_the_same(answers, raw, form, N, lockout):
    x = form(spikes.filter_signal(raw, FS, 500, 4000))
    ours = answers["detect_spikes"](x, FS, N=N, lockout=lockout)
    for mine, other in zip(ours, spikes.detect_spikes(x, FS, N, lockout), strict=True):
        assert np.size(mine)
        np.testing.assert_allclose(mine, other, rtol=1e-12)


def test_waveforms_and_features_agree_to_the_sign(answers, raw):
    x = spikes.filter_signal(raw, FS, 500, 4000)
    s = np.concatenate([[0, 9, 10], spikes.detect_spikes(x, FS)[0], [len(x) - 20, len(x) - 19]])
    w = answers["extract_waveforms"](x, s)
    np.testing.assert_array_equal(w, spikes.extract_waveforms(x, s))
    assert len(s) - len(w) == 3
    np.testing.assert_allclose(
        answers["extract_features"](w), spikes.extract_features(w), rtol=1e-8, atol=1e-8
    )


@pytest.mark.parametrize("form", [as_one_channel, as_array, as_frame])
def test_a_recording_without_spikes_gives_empty_windows(answers, raw, form):
    w = answers["extract_waveforms"](form(raw), np.array([], int))
    assert w.shape == (0, 30, np.atleast_2d(form(raw)[:1]).size)


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_the_same(answers, seed):
    rng = np.random.default_rng(seed)
    units = rng.choice([2, 3, 7, 11, 40], rng.integers(1, 60))
    labels = np.where(rng.random(len(units)) < 0.6, units % 3, rng.integers(-5, 4, len(units)))
    mine, other = (f(units, labels) for f in (answers["score_sorting"], spikes.score_sorting))
    # several assignments may share the largest overlap: then only the total must agree
    totals = [
        np.sum(recall * np.unique(units, return_counts=True)[1]) for _, recall, _ in (mine, other)
    ]
    assert totals[0] == pytest.approx(totals[1])
    for a, b in zip(mine, other, strict=True):
        np.testing.assert_allclose(a, b)


def test_the_table_of_bics_is_that_of_the_mixtures(answers):
    m = np.zeros((3, 4))
    m[:, 0] = 0, 900, 1800  # µV: both keep covariances from collapsing, in ways that differ little
    _, x = mixture.sample_data(
        900, m, 1e4 * np.array([np.eye(4)] * 3), np.array([0.5, 0.3, 0.2]), 5
    )
    K = [4, 1, 3, 2]
    labels, best_K, bic = answers["sort_spikes"](x, K, 2)
    assert (best_K, bic.shape) == (3, (2, 4))
    best, theirs = mixture.select_n_clusters(x, K, 3)
    assert best == 3
    # One component has a closed form but for what is added to its covariance; three have a clear optimum.
    np.testing.assert_allclose(bic[:, 1], theirs.min(axis=0)[1], atol=1e-2)
    np.testing.assert_allclose(bic[:, 2], theirs.min(axis=0)[2], atol=2.0)
    assert adjusted_rand_score(labels, mixture.fit_best(x, 3, 5)[0]) > 0.999


@pytest.mark.slow
def test_nine_in_ten_well_isolated_units_are_found(answers, capsys):
    session = load_session(data_folder())
    labels, best_K, bic = answers["sort_spikes"](session.features, range(2, 31), 2)
    precision, recall, _ = answers["score_sorting"](session.units, labels)
    # Those that a classifier which is told the units can tell apart: no sorting sets this bar.
    known = cross_val_predict(QuadraticDiscriminantAnalysis(), session.features, session.units)
    limits = (f(session.units, known, average=None) for f in (precision_score, recall_score))
    wanted = np.flatnonzero(np.minimum(*limits) >= 0.95)
    assert len(wanted) >= 5 and 0 not in wanted
    found = np.minimum(precision, recall)[wanted] >= 0.9
    assert found.mean() >= 0.9, dict(zip(wanted, found, strict=True))
    assert 10 <= best_K <= 20
    assert bic.shape == (2, 29)
    assert "BIC" in capsys.readouterr().out  # a sign of life while one waits


def test_numbers_of_the_text():
    noise = stats.norm.cdf(-5)
    assert noise == pytest.approx(2.9e-7, rel=0.02)
    assert 1080 * FS * noise == pytest.approx(9.3, abs=0.05)
    assert mixture.n_parameters(4, 12) == 91 * 4 - 1
    assert 91 * np.log(load_session(data_folder()).spiketimes_s.size) == pytest.approx(949, abs=1.5)
    assert 1 + 120 + 120 * 121 // 2 > 7000
