"""Lab 03: the answers printed in the notebook and the fast form in helpers.correlogram are the same."""

import re

import numpy as np
import pytest
from conftest import ROOT, names_of

from course.folder import CourseFolder
from course.lab import Lab, grade_id
from helpers import correlogram, plotting
from helpers.data import load_session


@pytest.fixture(scope="module")
def lab03():
    return Lab(CourseFolder(ROOT), "03-correlograms")


@pytest.fixture(scope="module")
def answers(lab03):
    """The notebook's own functions."""
    return names_of(lab03)


@pytest.fixture(scope="module")
def session():
    return load_session()


def trains(seed):
    """Two trains with whole numbers of .1 ms, so that lags on the edges of bins occur, and coincidences."""
    rng = np.random.default_rng(seed)
    return [np.sort(rng.integers(0, 40_000, n)) * 1e-4 for n in (400, 150)]


@pytest.mark.parametrize("seed", range(5))
def test_differences_agree(answers, seed):
    t1, t2 = trains(seed)
    np.testing.assert_array_equal(
        answers["cross_time_diff"](t1, t2), correlogram.cross_time_diff(t1, t2)
    )


@pytest.mark.parametrize("bins", [(0.001, 0.03), (0.0005, 0.0215), (0.002, 0.05)])
@pytest.mark.parametrize("seed", range(5))
def test_correlograms_agree_also_on_the_edges_of_bins(answers, seed, bins):
    t1, t2 = trains(seed)
    for args in ((t1, t2, *bins), (t2, t1, *bins), (t1, t1, *bins, True), (t1, t1[:0], *bins)):
        for ours, theirs in zip(
            correlogram.correlogram(*args), answers["correlogram"](*args), strict=True
        ):
            np.testing.assert_array_equal(theirs, ours)


def test_all_pairs_of_the_session_agree_with_one_pass(answers, session):
    t = session.spiketimes_s / session.fs
    counts, ids, centers = correlogram.all_correlograms(
        session.spiketimes_s, session.units, session.fs, 0.001, 0.03
    )
    for i in (0, 2, 11, 13):
        for j in (0, 2, 12):
            t1, t2 = t[session.units == ids[i]], t[session.units == ids[j]]
            theirs, lags = answers["correlogram"](t1, t2, 0.001, 0.03, auto=i == j)
            np.testing.assert_array_equal(theirs, counts[i, j])
            np.testing.assert_allclose(lags, centers, rtol=1e-12)


@pytest.mark.parametrize("tau", [0.0015, 0.00205, 0.01])
def test_measures_agree(answers, session, tau):
    t = session.spiketimes_s / session.fs
    for train in (*(t[session.units == k] for k in (0, 2, 12)), t[:1], t[:0]):
        for name, args in (
            ("refractory_violations", (train, tau)),
            ("contamination", (train, tau, session.duration)),
        ):
            theirs = answers[name](*args)
            assert theirs == pytest.approx(getattr(correlogram, name)(*args), rel=1e-10)


def test_given_merging_of_duplicates_agrees(lab03):
    cell = next(c for c in lab03.notebook.cells if grade_id(c) == "duplicates-given")
    names = {"np": np}
    exec(re.match(r"def .*?\n(?=\n\n)", cell.source, re.S)[0], names)
    for seed in range(5):
        t = np.sort(np.random.default_rng(seed).uniform(0, 0.3, 300))  # 1 ms apart on average
        merged = names["merge_duplicates"](t)
        assert len(merged) < 260
        np.testing.assert_array_equal(merged, correlogram.merge_duplicates(t))


def test_labels_hold_a_neuron_cut_in_two_and_two_neurons_in_one(lab03, session):
    names = {}
    for name in ("setup-given", "session-given"):
        exec(next(c.source for c in lab03.notebook.cells if grade_id(c) == name), names)
    table = np.array(
        [np.bincount(session.units[names["labels"] == k], minlength=14) for k in range(names["K"])]
    )
    assert sorted((table > 0).sum(axis=0)) == [1] * 13 + [2]
    assert sorted((table > 0).sum(axis=1)) == [1] * 13 + [2]
    assert table.sum() == len(session.units)


def test_matrix_refuses_what_it_cannot_draw():
    centers = np.arange(-2, 3) * 0.001
    with pytest.raises(ValueError, match=r"shape \(K, K, 5\)"):
        plotting.correlogram_matrix(np.zeros((3, 2, 5)), centers)
    with pytest.raises(ValueError, match="'good'"):
        plotting.correlogram_matrix(np.zeros((2, 2, 5)), centers, kinds=["single", "good"])


def test_matrix_puts_time_to_the_right_and_the_second_cluster_in_the_column():
    centers = np.arange(-2, 3) * 0.001
    counts = np.zeros((2, 2, 5))
    counts[0, 1] = [0, 0, 0, 4, 0]  # cluster 1 follows cluster 0 by 1 ms
    ax = plotting.correlogram_matrix(counts, centers, merge=[(0, 1)])
    x, y = ax.patches[1].get_xy().T  # row 0, column 1
    assert x.min() > 1 and x.max() < 2 and y.min() > 0 and y.max() < 1
    peak = x[y < y.max() - 0.1]
    assert peak.min() > 1.5
    frames = [p for p in ax.patches if not p.get_fill()]
    assert {tuple(map(float, f.get_xy())) for f in frames} == {(1.0, 0.0), (0.0, 1.0)}
