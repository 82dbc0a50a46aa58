"""Hidden checks of lab 07, mixtures of drifting t-distributions."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from helpers import drifting
from helpers.checks import (
    CheckFailed,
    check,
    expect_array,
    expect_close,
    expect_increasing,
    expect_true,
    limit,
)
from helpers.checks.drifting_t import (
    FLOOR,
    advising,
    draw_clusters,
    expect_logs,
    expect_one_settled,
    expect_track,
    random_covariance,
    random_track,
    read_mixture,
    read_track,
    suspecting_smooth_means,
    suspecting_t_logpdf,
    two_movers,
)

ROUNDS = (1, 2, 3, 5, 10, 30)
ROUNDS_SAID = "after 1, 2, 3, 5, 10, 30 rounds"

# t_logpdf


@check("t_logpdf", points=0.25)
def it_is_right_in_other_dimensions(t_logpdf, rng):
    """The density in one, two, five and twelve dimensions, with few and many degrees of freedom."""
    for d, nu in ((1, 0.5), (2, 1.0), (5, 30.0), (12, 4.0), (12, 1e5)):
        S, m = random_covariance(rng, d), rng.normal(0, 3, d)
        x = m + rng.normal(0, 4, (25, d))
        expect_logs(t_logpdf(x, m, S, nu), x, m, S, nu)


@check("t_logpdf", points=0.25)
def stretching_moves_it_by_the_determinant(t_logpdf, rng):
    """x → A x + b, with m and S transformed alike, moves all values by −ln|det A|."""
    d = 4
    S, m, x = random_covariance(rng, d), rng.normal(size=d), rng.normal(0, 3, (30, d))
    A, b = 10 * rng.normal(size=(d, d)) + 20 * np.eye(d), rng.normal(0, 100, d)
    before, after = (
        expect_array(value, "the result", shape=(30,))
        for value in (t_logpdf(x, m, S, 3.0), t_logpdf(x @ A.T + b, A @ m + b, A @ S @ A.T, 3.0))
    )
    shift = -np.linalg.slogdet(A)[1]
    expect_close(after - before, np.full(30, shift), "the change", rtol=1e-5, atol=1e-5,
                 misconceptions={"the determinant of S is missing": np.zeros(30)})  # fmt: skip


# fit_mot


@check("fit_mot", points=0.3)
@suspecting_t_logpdf
def the_likelihood_never_falls(fit_mot, rng):
    """From the same seed, more rounds never give a smaller log-likelihood, and many give a larger one."""
    x, _ = draw_clusters(rng, 400, np.array([[0.0, 0, 0], [3, 0, 0], [0, 3, 1]]), nu=3.0)
    path = []
    for n_iters in ROUNDS:
        _, m, S, p = read_mixture(fit_mot(x, 3, nu=3.0, n_iters=n_iters, random_seed=5), x, 3)
        path.append(static_likelihood(x, m, S, p, 3.0))
    expect_climbing(path, "the log-likelihood")


@check("fit_mot", points=0.25)
@suspecting_t_logpdf
def twelve_dimensions_work(fit_mot, rng):
    """In twelve dimensions the best of thirty seeds is at least as likely as the truth."""
    m = 6 * np.eye(12)[:3]
    x, unit = draw_clusters(rng, 600, m, nu=4.0)
    S = np.repeat([0.6 * np.eye(12) + 0.4], 3, axis=0)
    bound = static_likelihood(x, m, S, np.bincount(unit) / 600, 4.0)
    reached = []
    for seed in range(30):  # about half of the starts miss a cluster
        _, *found = read_mixture(fit_mot(x, 3, n_iters=100, random_seed=seed), x, 3)
        reached.append(static_likelihood(x, *found, 4.0))
        if reached[-1] >= bound:
            return
    raise CheckFailed(
        f"The best of thirty runs of 100 rounds has the log-likelihood {max(reached):.6g}, below the {bound:.6g} of the"
        " true parameters. Do z and u come from all current parameters, and p, m, S from z and u?"
    )


@check("fit_mot", points=0.25)
@suspecting_t_logpdf
def many_clusters_in_the_gaussian_limit(fit_mot, rng):
    """For ν = 1e7 several clusters solve the equations of a mixture of Gaussians; so they do for another ν."""
    x, _ = draw_clusters(
        rng, 700, np.array([[0.0, 0], [5, 0], [0, 5]]), nu=1e6, weights=(0.5, 0.3, 0.2)
    )
    fits = [fit_mot(x, 3, nu=1e7, n_iters=200, random_seed=seed) for seed in range(4)]
    expect_one_settled(fits, x, 1e7)
    y, _ = draw_clusters(rng, 700, np.array([[0.0, 0, 0], [5, 1, 0]]), weights=(0.3, 0.7))
    fits = [fit_mot(y, 2, nu=2.0, n_iters=300, random_seed=seed) for seed in range(4)]
    expect_one_settled(fits, y, 2.0)


@check("fit_mot", points=0.2)
@suspecting_t_logpdf
def collapsed_clusters_get_a_floor(fit_mot, rng):
    """Forty spikes in exactly the same place do not break the fit."""
    x, _ = draw_clusters(rng, 200, np.array([[0.0, 0], [9, 0]]))
    x[:40] = [20.0, 20.0]
    with advising("With forty equal spikes: ", FLOOR):
        for seed in range(3):
            p = read_mixture(fit_mot(x, 3, n_iters=60, random_seed=seed), x, 3)[3]
            expect_true(np.any(p != p[0]), "After 60 rounds p is still 1/K: p[k] is N_k / n.")


def static_likelihood(x, m, S, p, nu):
    return drifting.log_likelihood(x, np.zeros(len(x)), m[:, None], S, p, nu, 1.0)


def expect_climbing(path, what):
    expect_true(
        path[-1] > path[0] + 1e-3,
        f"{ROUNDS[-1]} rounds reach {path[-1]:.6g}, no more than 1 round ({path[0]:.6g}). Is n_iters used, and does the"
        " function return after the loop?",
    )
    expect_increasing(
        path, f"{what} {ROUNDS_SAID}", slack=1e-3,
        hint="In each round: z and u from all current parameters, then p, m and S from them.",
    )  # fmt: skip


# smooth_means


@check("smooth_means", points=0.4)
def tracks_of_any_size_are_right(smooth_means, rng):
    """Tracks of other lengths and dimensions, with empty blocks anywhere, agree with those of a second implementation."""
    for T, d in ((1, 4), (3, 1), (25, 2), (60, 12)):
        weights, sums, C, Q = random_track(rng, T, d)
        empty = rng.permutation(T)[: T // 3]
        weights[empty], sums[empty] = 0, 0
        found = expect_track(smooth_means(weights, sums, C, Q), weights, sums, C, Q)
        expected = drifting.smooth_means(weights, sums, C, Q)
        expect_close(found, expected, "the track", rtol=1e-5, atol=1e-5)


@check("smooth_means", points=0.25)
def stretching_and_turning_takes_the_track_along(smooth_means, rng):
    """x → A x, with C and Q transformed alike, takes the track along."""
    weights, sums, C, Q = random_track(rng, 20, 3)
    A = 3 * rng.normal(size=(3, 3)) + 6 * np.eye(3)
    before = expect_track(smooth_means(weights, sums, C, Q), weights, sums, C, Q)
    after = read_track(smooth_means(weights, sums @ A.T, A @ C @ A.T, A @ Q @ A.T), 20, 3)
    expect_close(after, before @ A.T, "the transformed track", rtol=1e-5, atol=1e-5)


@check("smooth_means", points=0.25)
def a_long_session_stays_exact(smooth_means, rng):
    """5,000 blocks, the first thousand of them empty, with small steps: within 10 s, 1 GiB and 1e-4 of the truth."""
    weights, sums, C, Q = random_track(rng, 5000, 3)
    weights[:1000], sums[:1000] = 0, 0
    with limit(seconds=10, memory="1 GiB"):
        found = read_track(smooth_means(weights, sums, C, 1e-6 * Q), 5000, 3)
    expected = drifting.smooth_means(weights, sums, C, 1e-6 * Q)
    expect_close(found, expected, "the track", rtol=1e-4, atol=1e-4)


# fit_drifting_mot


@check("fit_drifting_mot", points=0.3)
@suspecting_smooth_means
def the_objective_never_falls(fit_drifting_mot, rng):
    """From the same seed, more rounds never give a smaller log-likelihood less ½ Σ stepᵀQ⁻¹step."""
    x, t, _ = two_movers(rng, 500, 8, apart=3.0)
    path = []
    for n_iters in ROUNDS:
        found = fit_drifting_mot(x, t, 2, block=60.0, Q=0.3, n_iters=n_iters, random_seed=3)
        _, m, S, p = read_mixture(found, x, 2, T=8)
        path.append(drifting.em(x, t, m, S, p, 0, 4.0, 60.0, 0.3)[3][0])
    expect_climbing(path, "the objective")


@check("fit_drifting_mot", points=0.25)
@suspecting_smooth_means
def several_tracks_solve_their_equations(fit_drifting_mot, rng):
    """After many rounds p, all tracks and S solve the equations of the M-step, in a session with a gap and unsorted times."""
    x, _ = draw_clusters(rng, 800, np.array([[0.0, 0], [7, 0]]), weights=(0.65, 0.35))
    t = rng.uniform(0, 600, 800)
    t[(t > 200) & (t < 300)] += 310
    x += np.outer(np.sin(t / 200), [2, 3])
    Q = np.array([[0.3, 0.2], [0.2, 0.4]])
    fits = [
        fit_drifting_mot(x, t, 2, nu=3.0, block=50.0, Q=Q, n_iters=200, random_seed=seed)
        for seed in range(3)
    ]
    expect_one_settled(fits, x, 3.0, t=t, block=50.0, Q=Q)


@check("fit_drifting_mot", points=0.25)
@suspecting_smooth_means
def drift_and_outliers_in_twelve_dimensions(fit_drifting_mot, rng):
    """With a drift of two cluster widths and a few outliers the best of ten seeds misclassifies less than 2 %."""
    x, t, unit = drifting_session(rng)
    real, wrong = unit >= 0, []
    for seed in range(10):
        found = fit_drifting_mot(x, t, 3, block=60.0, Q=0.1, n_iters=50, random_seed=seed)
        wrong.append(error_of(read_mixture(found, x, 3, T=12)[0][real], unit[real]))
        if wrong[-1] < 0.02:
            return
    raise CheckFailed(
        f"The best of ten runs misclassifies {min(wrong):.1%} of the spikes, where less than 2 % are possible. Do the"
        " means follow the drift, and do far spikes count less?"
    )


@check("fit_drifting_mot", points=0.2)
@suspecting_smooth_means
def many_blocks_take_little(fit_drifting_mot, rng):
    """20,000 spikes in 1,000 blocks take less than 15 s and 1 GiB for two rounds with one cluster."""
    x, _ = draw_clusters(rng, 20_000, np.zeros((1, 4)))
    t = rng.uniform(0, 60_000, 20_000)
    t[0] = 59_999.0
    with limit(seconds=15, memory="1 GiB"):
        found = fit_drifting_mot(x, t, 1, block=60.0, Q=0.01, n_iters=2)
    m = read_mixture(found, x, 1, T=1000)[1]
    expect_true(
        np.ptp(m, axis=1).min() > 0, "All blocks have the same mean: does it follow the spikes?"
    )


def drifting_session(rng):
    """Three clusters in twelve dimensions that move by four of their standard deviations; unit −1 are outliers."""
    n, T = 1500, 12
    unit, t = rng.integers(0, 3, n), rng.uniform(0, 60 * T, n)
    t[0] = 60 * T - 1
    way = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    x = 7 * way[unit] + np.outer(4 * t / (60 * T), way[3]) + rng.normal(size=(n, 12))
    stray = rng.choice(n, 20, replace=False)
    unit[stray] = -1
    x[stray] += rng.normal(0, 4, (20, 12))
    return x, t, unit


def error_of(labels, unit):
    """The fraction of spikes outside the cluster matched with their unit."""
    overlap = np.zeros((3, 3))
    np.add.at(overlap, (unit, labels), 1)
    return 1 - overlap[linear_sum_assignment(-overlap)].sum() / len(unit)
