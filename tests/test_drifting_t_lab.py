"""Lab 07: the answers printed in the notebook and the fast form in helpers.drifting are the same."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT, names_of

from course.folder import CourseFolder
from course.lab import Lab
from helpers import drifting, mixture, plotting
from helpers.checks import drifting_t as checks
from helpers.data import load_drifting_session

ROUNDS = 5
SETTINGS = {"nu": 4.0, "block": 60.0, "Q": 10.0}


@pytest.fixture(scope="module")
def names():
    """What the notebook's setup and its answers define."""
    return names_of(Lab(CourseFolder(ROOT), "07-drifting-t"))


@pytest.fixture(scope="module")
def session():
    return load_drifting_session()


def assert_same_fit(ours, theirs):
    np.testing.assert_array_equal(ours[0], theirs[0])
    for a, b in zip(ours[1:], theirs[1:], strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-8 * np.abs(a).max())


@pytest.mark.parametrize("d", [1, 2, 12])
@pytest.mark.parametrize("nu", [0.5, 4.0, 1e7])
def test_densities_agree(names, d, nu):
    rng = np.random.default_rng(d)
    m, S = rng.normal(size=d), checks.random_covariance(rng, d)
    x = m + rng.normal(0, 10, (50, d)) * np.geomspace(0.1, 1e5, 50)[:, None]
    args = x, m, S, nu
    np.testing.assert_allclose(
        names["t_logpdf"](*args), drifting.t_logpdf(*args), rtol=1e-7, atol=1e-6
    )


@pytest.mark.parametrize("seed", range(3))
def test_starts_agree(names, session, seed):
    ours = mixture.kmeans_plus_plus(session.features, 8, np.random.default_rng(seed))
    np.testing.assert_array_equal(names["start_means"](session.features, 8, seed), ours)


@pytest.mark.parametrize("nu, seed", [(4.0, 0), (2.0, 1), (1e7, 2)])
def test_static_mixtures_agree_on_the_session(names, session, nu, seed):
    args = session.features, 8, nu, ROUNDS, seed
    assert_same_fit(drifting.fit_mot(*args), names["fit_mot"](*args))


@pytest.mark.parametrize("seed", range(3))
def test_drifting_mixtures_agree_on_the_session(names, session, seed):
    order = np.random.default_rng(seed).permutation(len(session.t))
    args = session.features[order], session.t[order], 8
    settings = {**SETTINGS, "n_iters": ROUNDS, "random_seed": seed}
    assert_same_fit(
        drifting.fit_drifting_mot(*args, **settings), names["fit_drifting_mot"](*args, **settings)
    )


def test_starving_and_collapsing_clusters_agree(names):
    rng = np.random.default_rng(0)
    x, t, _ = checks.two_movers(rng, 300, 6)
    x[7], x[40:80] = 1e4, [30.0, 30.0]
    args, settings = (x, t, 4), {"block": 60.0, "Q": 0.3, "n_iters": 20, "random_seed": 1}
    ours, theirs = (
        drifting.fit_drifting_mot(*args, **settings),
        names["fit_drifting_mot"](*args, **settings),
    )
    assert_same_fit(ours, theirs)
    start = np.cov(x.T, bias=True)
    assert any(np.allclose(S, start) for S in ours[2])  # one starved from the first round on
    floor = 1e-6 * np.trace(start) / 2
    assert min(np.linalg.eigvalsh(S)[0] for S in ours[2]) < 1.001 * floor  # and one collapsed


@pytest.mark.parametrize("T, d, size", [(1, 3, 1.0), (30, 12, 1.0), (200, 2, 1e-10), (40, 4, 1e8)])
def test_tracks_agree(names, T, d, size):
    weights, sums, C, Q = checks.random_track(np.random.default_rng(T), T, d)
    empty = np.arange(T) % 3 == 1
    weights[empty], sums[empty] = 0, 0
    args = weights, sums, C, size * Q
    np.testing.assert_allclose(
        names["smooth_means"](*args), drifting.smooth_means(*args), rtol=1e-8, atol=1e-8
    )


@pytest.mark.parametrize("nu", [4.0, 1e7])
@pytest.mark.parametrize("block, Q", [(60.0, 1e-10), (1e4, 10.0)])
def test_limits_are_the_static_mixture(names, session, nu, block, Q):
    x, t = session.features, session.t
    _, m, S, p = names["fit_drifting_mot"](x, t, 8, nu, block, Q, ROUNDS, 4)
    _, *static = names["fit_mot"](x, 8, nu, ROUNDS, 4)
    for ours, theirs in zip((m, S, p), (static[0][:, None], *static[1:]), strict=True):
        assert np.abs(ours - theirs).max() < 1e-4 * np.abs(theirs).max()


def test_the_plain_mixture_is_the_limit_of_many_degrees_of_freedom(names, session):
    plain = mixture.fit_mog(session.features, 8, ROUNDS, 4)
    found = names["fit_mot"](session.features, 8, 1e7, ROUNDS, 4)
    for ours, theirs in zip(found[1:], plain[1:], strict=True):
        assert np.abs(ours - theirs).max() < 1e-4 * np.abs(theirs).max()


def test_drifting_mixture_makes_less_than_a_third_of_the_mistakes(names, session):
    x, t, real = session.features, session.t, session.units > 0

    def mistakes(labels):
        overlap = np.zeros((8, 8))
        np.add.at(overlap, (session.units[real] - 1, labels[real]), 1)
        return 1 - max_overlap(overlap) / real.sum()

    plain = min(mistakes(mixture.fit_mog(x, 8, 50, seed)[0]) for seed in range(5))
    drifted = mistakes(names["fit_drifting_mot"](x, t, 8, **SETTINGS, n_iters=40, random_seed=1)[0])
    assert drifted < plain / 3


def max_overlap(overlap):
    from scipy.optimize import linear_sum_assignment

    return overlap[linear_sum_assignment(-overlap)].sum()


def test_the_session_drifts_by_two_widths(session):
    x, units, blocks = session.features, session.units, (session.t // 60).astype(int)
    drift = []
    for k, track in enumerate(session.tracks):
        away = (x - track[blocks])[units == k + 1]
        way = track[-1] - track[0]
        drift.append(np.sqrt(way @ np.linalg.solve(np.cov(away.T), way)) / 2)
    assert 1.5 < np.median(drift) < 2.5


@pytest.mark.parametrize("T", [2, 15])
def test_equations_of_a_track_are_met_by_the_right_one_only(T):
    given = checks.random_track(np.random.default_rng(T), T, 3)
    m = drifting.smooth_means(*given)
    weights, sums, C, Q = given
    assert checks.track_error(weights, sums, m, C, Q) < 1e-10
    for change in (np.full((T, 3), 0.01), 0.01 * np.eye(T, 3), np.linspace(0, 0.02, T)[:, None]):
        assert checks.track_error(weights, sums, m + change, C, Q) > 1e-4


def test_figures_show_what_they_are_given():
    rng = np.random.default_rng(0)
    _, axes = plt.subplots(1, 4)
    points = plotting.drift_scatter(
        rng.normal(size=(20, 4)), 60 * np.arange(20), (1, 2), ax=axes[0]
    )
    np.testing.assert_allclose(points.get_array(), np.arange(20))
    tracks = rng.normal(size=(3, 6))
    plotting.mean_tracks(np.arange(6), tracks, tracks, ax=axes[1])
    assert len(axes[1].lines) == 6
    plotting.smoothed_track(
        tracks[0], tracks[1] ** 2, {"a": tracks[2]}, truth=tracks[0], ax=axes[2]
    )
    assert {t.get_text() for t in axes[2].get_legend().get_texts()} == {"block means", "truth", "a"}
    plotting.misclassified_dots({"plain": 0.11, "drifting": 0.002}, ax=axes[3])
    assert {t.get_text() for t in axes[3].texts} == {"0.110", "0.002"}
    with pytest.raises(TypeError, match="4 panels"):
        plotting.mean_tracks(np.arange(6), tracks, ax=axes)
    plt.close()
