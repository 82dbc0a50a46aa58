"""helpers.drifting against truths derived without it, and the drifting session of lab 07.

`plain_round` is one round of EM from its definition, one component and one block at a time, with
scipy's densities and one dense linear system for the tracks. It shares no code with the fast form.
"""

import subprocess
import sys
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy import linalg, stats
from scipy.special import logsumexp

from helpers import data, drifting, mixture
from helpers.data import DataError
from helpers.data import drifting as drifting_data
from helpers.simulate import drifting as simulation
from helpers.simulate import files, simulate_drifting_session
from helpers.spikes import score_sorting

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"


def walking(seed=0, n=1500, K=3, d=3, T=8, speed=0.4, nu=5.0, apart=6.0):
    """Points of K clusters that walk, their times (blocks of 1 s) and clusters."""
    rng = np.random.default_rng(seed)
    m = apart * rng.normal(size=(K, 1, d)) + speed * rng.normal(size=(K, T, d)).cumsum(axis=1)
    k, t = rng.integers(K, size=n), rng.uniform(0, T, n)
    root = rng.normal(size=(d, d)) / 3 + np.eye(d)
    noise = rng.normal(size=(n, d)) @ root / np.sqrt(rng.gamma(nu / 2, 2 / nu, (n, 1)))
    return m[k, t.astype(int)] + noise, t, k


def dense_track(weights, sums, C, Q):
    """Solve the block-tridiagonal equations as one dense system."""
    T, d = sums.shape
    links = np.diff(np.eye(T), axis=0)  # one row for each step from block to block
    A = np.kron(np.diag(weights), linalg.inv(C)) + np.kron(links.T @ links, linalg.inv(Q))
    return linalg.solve(A, (sums @ linalg.inv(C)).ravel()).reshape(T, d)


def plain_log_joint(x, b, m, S, p, nu):
    columns = []
    for k in range(len(p)):
        density = stats.multivariate_t(np.zeros(x.shape[1]), S[k], nu)
        columns.append(np.log(p[k]) + density.logpdf(x - m[k, b]))
    return np.column_stack(columns)


def plain_round(x, b, m, S, p, nu, Q):
    """One round of EM; returns the objective before it and the parameters after it."""
    K, T, d = m.shape
    log_joint = plain_log_joint(x, b, m, S, p, nu)
    steps = np.diff(m, axis=1).reshape(-1, d)
    objective = logsumexp(log_joint, axis=1).sum() - 0.5 * np.trace(steps @ linalg.inv(Q) @ steps.T)
    z = np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))
    m, S = m.copy(), S.copy()
    for k in range(K):
        if z[:, k].sum() < 2 * d:
            continue
        away = x - m[k, b]
        g = z[:, k] * (nu + d) / (nu + np.sum(away * linalg.solve(S[k], away.T).T, axis=1))
        weights = np.bincount(b, g, T)
        sums = np.column_stack([np.bincount(b, g * x[:, i], T) for i in range(d)])
        m[k] = dense_track(weights, sums, S[k], Q)
        away = x - m[k, b]
        S[k] = (g[:, None] * away).T @ away / z[:, k].sum()
    return objective, m, S, z.mean(axis=0)


def plain_start(x, K, T, seed):
    m = mixture.kmeans_plus_plus(x, K, np.random.default_rng(seed))
    S = np.array([np.cov(x.T, bias=True).reshape(x.shape[1], -1)] * K)
    return np.repeat(m[:, None], T, axis=1), S, np.full(K, 1 / K)


def assert_same_fit(actual, expected, tolerance=1e-8):
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * np.abs(b).max())


# ---- densities


@pytest.mark.parametrize("nu", [0.5, 1.0, 4.0, 9e3, 1.1e4, 1e6])
@pytest.mark.parametrize("d", [1, 3, 12])
def test_the_density_is_scipys(nu, d):
    rng = np.random.default_rng(d)
    root, m = rng.normal(size=(d, d)) + 2 * np.eye(d), rng.normal(size=d)
    x = np.vstack([rng.normal(size=(50, d)) * 4, np.full((1, d), 1e5)])
    expected = stats.multivariate_t(m, root @ root.T, nu).logpdf(x)
    # scipy takes the difference of two gamma functions, which costs it digits at large ν
    np.testing.assert_allclose(
        drifting.t_logpdf(x, m, root @ root.T, nu), expected, rtol=1e-9, atol=1e-15 * nu + 1e-11
    )


@pytest.mark.parametrize("nu", [1e8, 1e15])
def test_the_density_becomes_the_gaussian(nu):
    x = np.random.default_rng(0).normal(size=(40, 4))
    expected = stats.multivariate_normal(np.zeros(4), 2 * np.eye(4)).logpdf(x)
    found = drifting.t_logpdf(x, np.zeros(4), 2 * np.eye(4), nu)
    np.testing.assert_allclose(found, expected, rtol=0, atol=max(100 / nu, 1e-10))


# ---- tracks


@pytest.mark.parametrize("seed", range(6))
def test_the_track_solves_the_dense_system(seed):
    rng = np.random.default_rng(seed)
    T, d = [1, 2, 5, 9, 30, 4][seed], [2, 1, 3, 12, 2, 5][seed]
    C, Q = (r @ r.T + 0.1 * np.eye(d) for r in rng.normal(size=(2, d, d)))
    weights = rng.uniform(0, 5, T) * (rng.random(T) < 0.7)  # some blocks have none
    weights[T // 2] = 1.0
    sums = weights[:, None] * rng.normal(size=(T, d)) * 10
    found = drifting.smooth_means(weights, sums, C, Q)
    np.testing.assert_allclose(found, dense_track(weights, sums, C, Q), atol=1e-9)


def test_without_spikes_a_track_stays_and_between_spikes_it_is_a_straight_line():
    """A random walk between two well-known places: the expected path is the line."""
    weights = np.array([0, 0, 1e9, 0, 0, 0, 1e9, 0])
    sums = weights[:, None] * np.array([0, 0, 2.0, 0, 0, 0, 10.0, 0])[:, None]
    found = drifting.smooth_means(weights, sums, [[1.0]], [[1.0]])[:, 0]
    np.testing.assert_allclose(found, [2, 2, 2, 4, 6, 8, 10, 10], atol=1e-6)


@pytest.mark.parametrize("q, expected", [(1e-12, "mean"), (1e12, "blocks")])
def test_a_small_step_gives_one_mean_and_a_large_one_that_of_each_block(q, expected):
    rng = np.random.default_rng(1)
    weights, means = rng.uniform(1, 3, 40), rng.normal(size=(40, 2)) * 100
    found = drifting.smooth_means(weights, weights[:, None] * means, np.eye(2), q * np.eye(2))
    one = np.broadcast_to(weights @ means / weights.sum(), means.shape)
    np.testing.assert_allclose(found, one if expected == "mean" else means, rtol=0, atol=1e-6)


def test_the_gain_in_the_middle_of_a_long_session_is_that_of_the_steady_state():
    """A spike that is off by one moves its own block's mean by what the posterior variance is in units
    of R: √(Q/(Q + 4R)) for a random walk seen with noise R in every block."""
    T, R, Q = 401, 3.0, 0.2
    sums = np.zeros((T, 1))
    sums[T // 2] = 1.0
    found = drifting.smooth_means(np.ones(T), sums, [[R]], [[Q]])
    assert found[T // 2, 0] == pytest.approx(np.sqrt(Q / (Q + 4 * R)), rel=1e-10)


# ---- EM


@pytest.mark.parametrize("d, K, T", [(1, 2, 5), (3, 3, 8), (3, 9, 2), (12, 2, 3)])
def test_agrees_with_the_plain_round(d, K, T):
    x, t, _ = walking(2, n=1100 * T // 2, K=K, d=d, T=T)
    Q, nu, b = 0.1 * np.eye(d) + 0.02, 3.5, t.astype(int)
    start = plain_start(x, K, T, 1)
    expected, objectives = start, []
    for _ in range(6):
        objective, *expected = plain_round(x, b, *expected, nu, Q)
        objectives.append(objective)
    *found, history = drifting.em(x, t, *start, 6, nu=nu, block=1.0, Q=Q)
    assert_same_fit(found, expected)
    np.testing.assert_allclose(history[:-1], objectives, rtol=1e-10)
    labels, *fit = drifting.fit_drifting_mot(x, t, K, nu, 1.0, Q, 6, 1)
    assert_same_fit(fit, expected)
    np.testing.assert_array_equal(labels, plain_log_joint(x, b, *expected, nu).argmax(axis=1))


def test_the_expanded_squares_and_the_plain_form_agree(monkeypatch):
    x, t, _ = walking(3)
    fast = drifting.fit_drifting_mot(x, t, 3, 4.0, 1.0, 0.1, 10, 0)
    monkeypatch.setattr(drifting, "CANCELLATION", 0.0)
    assert_same_fit(drifting.fit_drifting_mot(x, t, 3, 4.0, 1.0, 0.1, 10, 0), fast, 1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_objective_never_falls(seed):
    x, t, _ = walking(seed)
    *_, history = drifting.em(x, t, *plain_start(x, 4, 8, seed), 60, nu=4.0, block=1.0, Q=0.1)
    assert np.diff(history).min() > -1e-9 * abs(history[-1])
    assert history[-1] > history[0] + 100


def test_distances_average_to_the_dimension_after_an_m_step():
    """Σ z u_old δ_new = d Σ z: the definition of the new scale matrix, traced."""
    x, t, _ = walking(1)
    b, nu = t.astype(int), 4.0
    old = drifting.em(x, t, *plain_start(x, 3, 8, 0), 5, nu=nu, block=1.0, Q=0.1)[:3]
    new = drifting.em(x, t, *old, 1, nu=nu, block=1.0, Q=0.1)[:3]
    log_joint = plain_log_joint(x, b, *old, nu)
    z = np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))
    for k in range(3):
        delta = [np.sum((away := x - m[k, b]) * linalg.solve(S[k], away.T).T, axis=1)
                 for m, S, _ in (old, new)]  # fmt: skip
        u = (nu + 3) / (nu + delta[0])
        assert z[:, k] @ (u * delta[1]) == pytest.approx(3 * z[:, k].sum(), rel=1e-9)


# ---- limits


@pytest.mark.parametrize("limit", [{"Q": 1e-10, "block": 1.0}, {"Q": 1.0, "block": 100.0}])
def test_the_limit_of_large_nu_is_the_plain_mixture(limit):
    x, t, _ = walking(5, n=3000, K=4, d=4)
    labels, *expected = mixture.fit_mog(x, 4, 60, 2)
    found, m, S, p = drifting.fit_drifting_mot(x, t, 4, nu=1e7, n_iters=60, random_seed=2, **limit)
    np.testing.assert_array_equal(found, labels)
    for b in range(m.shape[1]):
        assert_same_fit((m[:, b], S, p), expected, 1e-4)


@pytest.mark.parametrize("nu", [2.0, 4.0])
def test_the_limit_of_small_steps_is_the_static_t_mixture(nu):
    x, t, _ = walking(6, n=3000, K=4, d=4)
    labels, *expected = drifting.fit_mot(x, 4, nu, 60, 3)
    found, m, S, p = drifting.fit_drifting_mot(x, t, 4, nu, 1.0, 1e-10, 60, 3)
    np.testing.assert_array_equal(found, labels)
    for b in range(m.shape[1]):
        assert_same_fit((m[:, b], S, p), expected, 1e-4)


def test_a_t_mixture_finds_scale_matrices_where_outliers_inflate_covariances():
    rng = np.random.default_rng(0)
    x = stats.multivariate_t([1, 2], [[2, 0.5], [0.5, 1]], 3, seed=rng).rvs(40_000)
    _, m, S, _ = drifting.fit_mot(x, 1, 3.0, 60)
    np.testing.assert_allclose(m[0], [1, 2], atol=0.05)
    np.testing.assert_allclose(S[0], [[2, 0.5], [0.5, 1]], atol=0.08)
    assert mixture.fit_mog(x, 1, 1)[2][0, 0, 0] > 4  # ν/(ν − 2) = 3 times as large


# ---- rules


def test_the_order_of_the_points_does_not_matter_to_a_round():
    x, t, _ = walking(7)
    start, shuffle = plain_start(x, 3, 8, 0), np.random.default_rng(0).permutation(len(x))
    first = drifting.em(x, t, *start, 5, block=1.0, Q=0.1)
    assert_same_fit(drifting.em(x[shuffle], t[shuffle], *start, 5, block=1.0, Q=0.1), first, 1e-10)


def test_a_component_with_too_few_points_keeps_its_place():
    x, t, _ = walking(8, K=2)
    m, S, p = plain_start(x, 3, 8, 0)
    m[2], S[2] = 1e3, np.eye(3)
    new_m, new_S, new_p, _ = drifting.em(x, t, m, S, p, 10, block=1.0, Q=0.1)
    np.testing.assert_allclose(new_m[2], 1e3, rtol=1e-12)
    np.testing.assert_array_equal(new_S[2], np.eye(3))
    assert new_p[2] < 1e-4
    assert new_p.sum() == pytest.approx(1)


def test_blocks_without_spikes_and_repeated_points_are_survived():
    x, t, _ = walking(9)
    gap = (t < 2) | (t > 5)
    x, t = np.vstack([x[gap], np.repeat(x[:1] + 40, 60, axis=0)]), np.r_[t[gap], np.full(60, 11.5)]
    _, m, S, p = drifting.fit_drifting_mot(x, t, 4, 4.0, 1.0, 0.1, 30, 0)
    assert m.shape == (4, 12, 3)
    assert all(np.isfinite(part).all() for part in (m, S, p))
    assert np.linalg.eigvalsh(S).min() > 0


def test_starts_are_reproducible_and_the_best_is_no_worse_than_the_first():
    x, t, _ = walking(4, K=5)
    first = drifting.fit_drifting_mot(x, t, 5, block=1.0, Q=0.1, random_seed=3)
    assert_same_fit(first, drifting.fit_drifting_mot(x, t, 5, block=1.0, Q=0.1, random_seed=3), 0)
    one, five = (
        drifting.fit_best(x, t, 5, block=1.0, Q=0.1, n_starts=n, n_iters=50, random_seed=3)
        for n in (1, 5)
    )
    assert five[-1] >= one[-1]


def test_two_halves_of_a_session_merge_for_free():
    """Components 0 and 1 have the same cluster, before and after the middle; 2 has another."""
    x, t, k = walking(13, K=2)
    m, S, p = plain_start(x, 3, 8, 0)
    for c, mine in enumerate([(k == 0) & (t < 4), (k == 0) & (t >= 4), k == 1]):
        m[c], S[c], p[c] = x[mine].mean(axis=0), np.cov(x[mine].T), mine.mean()
    m[0, 4:], m[1, :4] = 60.0, -60.0  # where they have no points, they may be anywhere
    data, model = drifting._given(x, t, m, S, p, 4.0, 1.0)
    merged = drifting._merge_cheapest(data, model)
    assert len(merged.p) == 2
    assert merged.p[0] == pytest.approx(np.mean(k == 0), abs=0.02)
    expected = np.concatenate([m[0, :4], m[1, 4:]])
    np.testing.assert_allclose(merged.m[0] + data.centre, expected, atol=1.0)


def test_merging_finds_clusters_that_single_starts_miss():
    x, t, k = walking(14, n=4000, K=8, d=3)
    fit = (x, t, 8, 5.0, 1.0, 0.16)
    single = drifting.fit_best(*fit, n_starts=1)
    merged = drifting.fit_by_merging(*fit, n_starts=4)
    assert merged[1].shape == (8, 8, 3) and merged[3].sum() == pytest.approx(1)
    assert merged[-1] > single[-1] + 100
    _, recall, _ = score_sorting(k, merged[0])
    assert recall.min() > 0.8


def test_held_out_points_choose_the_step():
    """With means that walk 0.4 per block, tiny and huge steps predict other points worse."""
    x, t, _ = walking(10, n=2000, T=20)
    scores = {}
    for q in (1e-6, 0.16, 1e3):
        fit = drifting.fit_best(x[::2], t[::2], 3, 5.0, 1.0, q, n_starts=5)[1:4]
        scores[q] = drifting.log_likelihood(x[1::2], t[1::2], *fit, 5.0, 1.0)
    assert max(scores, key=scores.get) == 0.16


def test_the_log_likelihood_is_its_definition():
    x, t, _ = walking(11)
    _, *fit = drifting.fit_drifting_mot(x, t, 3, 4.0, 1.0, 0.1, 10, 0)
    expected = logsumexp(plain_log_joint(x, t.astype(int), *fit, 4.0), axis=1).sum()
    assert drifting.log_likelihood(x, t, *fit, 4.0, 1.0) == pytest.approx(expected, rel=1e-11)


def test_memory_stays_flat():
    """Beyond a sorted copy of the points, a fit needs no array of n × K."""
    x, t, _ = walking(0, n=100_000, K=3, d=4)
    start = plain_start(x, 12, 8, 0)
    drifting.em(x[:100], t[:100], *start, 1, block=1.0)
    tracemalloc.start()
    drifting.em(x, t, *start, 2, block=1.0)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 3.5 * x.nbytes  # responsibilities alone would be three times x


CASES = {
    "t before the start": (lambda x, t: (x, t - 5, 2), "t must be at least 0"),
    "t of another length": (lambda x, t: (x, t[:-1], 2), "t must be"),
    "nu": (lambda x, t: (x, t, 2, 0.0), "nu must be a positive number"),
    "block": (lambda x, t: (x, t, 2, 4.0, -1.0), "block must be a positive number"),
    "Q of zero": (lambda x, t: (x, t, 2, 4.0, 1.0, 0.0), "Q must be above 0"),
    "Q of another size": (lambda x, t: (x, t, 2, 4.0, 1.0, np.eye(2)), "Q must be"),
    "too many clusters": (lambda x, t: (x[:3], t[:3], 4), "ask for at most 3"),
    "NaN": (lambda x, t: (x * np.nan, t, 2), "NaN"),
}


@pytest.mark.parametrize("case", CASES)
def test_arguments_that_cannot_be_used_are_refused(case):
    arguments, says = CASES[case]
    with pytest.raises(ValueError, match=says):
        drifting.fit_drifting_mot(*arguments(*walking(0, n=60)[:2]))


def test_points_after_the_last_block_and_tracks_without_spikes_are_refused():
    x, t, _ = walking(0)
    fit = plain_start(x, 2, 4, 0)
    with pytest.raises(ValueError, match="4 block"):
        drifting.log_likelihood(x, t, *fit, 4.0, 1.0)
    with pytest.raises(ValueError, match="above 0 in some block"):
        drifting.smooth_means(np.zeros(3), np.zeros((3, 1)), [[1.0]], [[1.0]])


# ---- the session of lab 07


@pytest.fixture(autouse=True)
def _no_labs_data(monkeypatch):
    monkeypatch.delenv("LABS_DATA", raising=False)


@pytest.fixture(scope="module")
def session():
    return data.load_drifting_session()


def widths(session):
    """Each unit's drift from the first to the last block in standard deviations of its cluster."""
    drift = session.tracks[:, -1] - session.tracks[:, 0]
    found = []
    for k in range(session.n_units):
        mine = session.units == k + 1
        block = (session.t[mine] // drifting_data.BLOCK).astype(int)
        C = np.cov((session.features[mine] - session.tracks[k, block]).T)
        found.append(np.sqrt(drift[k] @ linalg.solve(C, drift[k])))
    return np.array(found)


def misclassified(session, labels):
    """Share of the units' spikes that are not in the cluster matched with their unit."""
    units = session.units[session.units > 0]
    labels = labels[session.units > 0]
    _, recall, _ = score_sorting(units, labels)
    return 1 - recall @ np.bincount(units)[1:] / len(units)


def test_the_files_that_ship_are_those_listed():
    listed = files.read_checksums(DATA)
    shipped = {path.name for path in DATA.glob("drifting*") if path.suffix != ".md"}
    assert shipped == {name for name in listed if name.startswith("drifting")} != set()
    for name in shipped:
        assert files.sha256(DATA / name) == listed[name], name
    assert sum((DATA / name).stat().st_size for name in shipped) < 3e6


def test_the_session_that_ships_comes_from_this_code(session):
    simulated = simulate_drifting_session(files.DRIFTING_SEED)
    for name in ("t", "units", "features", "displacement"):
        np.testing.assert_array_equal(getattr(session, name), getattr(simulated, name), name)
    np.testing.assert_allclose(session.tracks, simulated.tracks, atol=1e-3)


def test_a_session_is_rebuilt_bit_by_bit(tmp_path):
    def build(seed):
        return [partial(files.write_drifting, duration=90.0, random_seed=seed)]

    assert files.rebuild(tmp_path, accept=True, builders=build(4)) == 0
    sums = files.read_checksums(tmp_path)
    assert len(sums) == 4
    assert files.rebuild(tmp_path, builders=build(4)) == 0
    assert files.rebuild(tmp_path, builders=build(5)) == 1
    assert files.read_checksums(tmp_path) == sums


def test_the_session_fits_together(session):
    n, K, T = len(session.t), session.n_units, len(session.displacement)
    assert session.features.shape == (n, 12) and n > 15_000
    assert session.tracks.shape == (K, T, 12) == (8, 30, 12)
    assert set(session.units) == set(range(K + 1))
    assert 0 < np.mean(session.units == 0) < 0.01
    assert np.all(np.diff(session.t) >= 0) and session.t[0] >= 0 and session.t[-1] < 1800
    assert np.bincount(session.units)[1:].min() > 1000
    assert "8 units" in str(session) and "known truth" in str(session)


def test_true_tracks_are_where_the_spikes_are(session):
    """Medians of five minutes, against the noise of a median; overlaps move them a little."""
    for k in range(session.n_units):
        for first in (0, 10, 25):
            near = (session.units == k + 1) & (session.t // 300 == first // 5)
            away = session.features[near] - session.tracks[k, (session.t[near] // 60).astype(int)]
            error = 1.25 * away.std(axis=0) / np.sqrt(near.sum())
            assert np.abs(np.median(away, axis=0) / error).max() < 8


def test_units_drift_by_about_two_widths(session):
    """A cluster is two standard deviations wide: from one to the other side of its mean."""
    assert 3.5 < np.median(widths(session)) < 4.5
    assert widths(session).min() > 2.5


def test_the_tissue_settles():
    moved = simulation.displacement(1800.0, np.random.default_rng(0))
    assert moved[0] == 0
    assert moved[-1] == pytest.approx(simulation.TRAVEL, abs=4 * simulation.WANDER)
    first, second = moved[900] - moved[0], moved[1800] - moved[900]
    assert first > 1.3 * second > 0


def test_overlapping_spikes_add_and_the_larger_is_detected():
    shapes = np.zeros((2, 2, simulation.PHASES, 120, 4))
    shapes[0, ..., simulation.REACH[0], :] = -100.0
    shapes[1, ..., simulation.REACH[0], :] = -50.0
    times = np.array([1.0, 1.0004, 2.0])  # 12 samples apart
    spikes = simulation._Spikes(times, np.ones(3), np.array([0, 1, 1]), np.zeros(3))
    w, kept = simulation._overlapping(spikes, shapes, np.array([0.0, 1.0]))
    np.testing.assert_array_equal(kept, [True, False, True])
    expected = np.zeros((3, 30))
    expected[0, [10, 22]] = -100, -50
    expected[1, 10] = -50  # the other's trough lies two samples before this window
    expected[2, 10] = -50
    np.testing.assert_array_equal(w[:, :, 0], expected)


def test_the_drifting_mixture_misclassifies_less_than_a_third_of_the_plain_one(session):
    """Both with as many clusters as units, the best of as many k-means++ starts."""
    x, t, K = session.features, session.t, session.n_units
    plain = mixture.fit_best(x, K, 10, 60, 1e-4)[0]
    moving = drifting.fit_best(x, t, K, Q=10.0, n_starts=10, n_iters=60)
    merged = drifting.fit_by_merging(x, t, K, Q=10.0, n_starts=3)
    assert merged[-1] == pytest.approx(moving[-1], abs=5)  # two ways to the same optimum
    errors = [misclassified(session, labels) for labels in (plain, moving[0])]
    assert errors[1] < errors[0] / 3
    assert errors[1] < 0.02
    _, _, match = score_sorting(session.units[session.units > 0], moving[0][session.units > 0])
    away = moving[1][match] - session.tracks
    assert np.sqrt((away**2).mean()) < 15  # µV, where clusters are some 30 wide in each direction


def test_loading_needs_numpy_alone():
    code = (
        "import sys, helpers.data\n"
        "helpers.data.load_drifting_session()\n"
        "names = {'scipy', 'pandas', 'helpers.simulate', 'helpers.drifting'} & set(sys.modules)\n"
        "sys.exit(str(names) if names else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_missing_and_damaged_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(drifting_data, "data_folder", lambda: tmp_path)
    for name in ("drifting.json", *(f"drifting_{n}.npy" for n in ("spikes", "features", "tracks"))):
        with pytest.raises(DataError, match=f"{name} is missing"):
            data.load_drifting_session()
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    assert data.load_drifting_session().n_units == 8
    path = tmp_path / "drifting_features.npy"
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(DataError, match=r"drifting_features.npy is cut short"):
        data.load_drifting_session()
