"""Hidden checks of lab 05, lasso receptive field: what makes a real neuron fire?"""

import functools
import itertools

import numpy as np

from helpers import receptive_field
from helpers.checks import CheckFailed, check, expect_true
from helpers.checks.lasso_rf import (
    expect_average,
    expect_counts,
    expect_fit,
    expect_gain,
    expect_lasso,
    expect_path,
    expect_separation,
    irregular_flips,
    objective,
    pairs,
    read_path,
    read_separation,
    spikes_in_frames,
    usual_bins,
)
from helpers.simulate import simulate_ganglion_cell

BLOCKS = (4, 5, 8, 10)  # numbers of blocks with which alpha may be chosen


@functools.lru_cache(maxsize=4)
def simulated_cell(seed):
    """A ganglion cell at another place of the screen than that of the notebook, and its counts per frame."""
    centre = np.random.default_rng(seed).uniform((5, 4), (15, 11))
    cell = simulate_ganglion_cell(seed, n_frames=1200, centre=centre)
    return cell, receptive_field.bin_spikes(cell.spiketimes, cell.triggers), centre


def fresh_cell(rng):
    """A cell drawn by the check's generator."""
    return simulated_cell(int(rng.integers(2**31)))


def smallest_objective(stim, counts, lag, alpha):
    """The smallest objective of the lasso, certified by a duality gap far below what is asked for."""
    s, c = pairs(stim, counts, lag)
    fit = receptive_field.poisson_lasso(s, c, alpha)
    expect_gap(fit.gap)
    return objective(fit.w, s, c, alpha)


def expect_gap(gap):
    if not gap < 1e-5:
        raise RuntimeError(f"The reference did not converge: duality gap {gap:.2g}.")


def expect_either(value, stim, counts, lag, alpha, what="w"):
    """Expect the lasso of the pairs, or the one whose frames without a past are blank."""
    try:
        expect_lasso(
            value, stim, counts, lag, alpha, smallest_objective(stim, counts, lag, alpha), what
        )
    except CheckFailed as error:
        blank = np.hstack([np.zeros((len(stim), lag)), stim[:, : len(counts) - lag]])
        try:
            smallest = smallest_objective(blank, counts, 0, alpha)
            expect_lasso(value, blank, counts, 0, alpha, smallest, what)
        except CheckFailed:
            raise error from None


# bin_spikes


@check("bin_spikes", points=0.2)
def random_trains_are_counted(bin_spikes, rng):
    """A random train of a thousand spikes on 300 irregular flips."""
    triggers = irregular_flips(rng, 300)
    spikes = np.sort(rng.uniform(triggers[0] - 5, triggers[-1] + 5, 1000))
    expected = [np.sum((spikes >= a) & (spikes < b)) for a, b in itertools.pairwise(triggers)]
    expect_counts(bin_spikes(spikes, triggers), expected, usual_bins(spikes, triggers))


@check("bin_spikes", points=0.15)
def the_origin_of_time_does_not_matter(bin_spikes, rng):
    """The counts stay the same when the clock starts elsewhere, even where times are negative."""
    counts = rng.integers(0, 5, 50)
    for start in (-100.0, 0.0, 1e4):
        triggers = irregular_flips(rng, 50, start)
        expect_counts(bin_spikes(spikes_in_frames(rng, counts, triggers), triggers), counts)


# fit_rf


@check("fit_rf", points=0.3)
def a_simulated_cell_is_fitted(fit_rf, rng):
    """The most likely weights of a whole simulated cell: 300 pixels, 1,200 frames, two frames back."""
    cell, counts, _ = fresh_cell(rng)
    R = counts.mean() / cell.dt
    expect_fit(fit_rf(cell.stim, counts, [2], cell.dt, R), cell.stim, counts, [2], cell.dt, R)


@check("fit_rf", points=0.2)
def other_sizes_and_many_spikes(fit_rf, rng):
    """Few pixels and frames, one lag or several, up to a hundred spikes in a frame."""
    for n_pixels, n_frames, lags, mean in (
        (1, 80, [0, 3], 0.6),
        (7, 150, [4], 30.0),
        (16, 250, [3, 1, 0], 1.5),
    ):
        stim = rng.choice([-0.5, 0.5], (n_pixels, n_frames))
        rate = mean * np.exp(1.5 * rng.normal(0, 1 / np.sqrt(n_pixels), n_pixels) @ stim)
        counts = rng.poisson(np.roll(rate, lags[0]))
        counts[0] += 20  # the first frame shown has no past
        expect_fit(fit_rf(stim, counts, lags, 0.1, 10 * mean), stim, counts, lags, 0.1, 10 * mean)


# separate_space_time


@check("separate_space_time", points=0.2)
def fields_of_any_size(separate_space_time, rng):
    """300 pixels and 5 lags, or 4 pixels and 9 lags, with noise."""
    for n_pixels, n_lags in ((300, 5), (4, 9)):
        W = _noisy(rng, n_pixels, n_lags)
        expect_separation(read_separation(separate_space_time(W), n_pixels, n_lags), W)


@check("separate_space_time", points=0.15)
def turned_fields_turn_in_time_only(separate_space_time, rng):
    """Whatever the sign of W, the entry of u that is largest in size is positive."""
    for _ in range(3):
        W = _noisy(rng, 30, 6)
        for field in (W, -W):
            u, s, v = read_separation(separate_space_time(field), 30, 6)
            largest = np.abs(u).argmax()
            expect_true(
                u[largest] > 0,
                f"u[{largest}] = {u[largest]:.3g} is the entry largest in size: it should be positive.",
            )
            expect_separation((u, s, v), field)


def _noisy(rng, n_pixels, n_lags):
    """A field with one clear piece, noise, and a mean of its own for each pixel."""
    course = rng.normal(0, 1, n_lags)
    course *= 3 / np.linalg.norm(course - course.mean())
    field = np.outer(rng.normal(0, 1, n_pixels), course) + rng.normal(0, 0.15, (n_pixels, n_lags))
    return field + rng.normal(0.4, 0.3, (n_pixels, 1))


# fit_lasso_rf


@check("fit_lasso_rf", points=0.35)
def a_simulated_cell_at_several_alphas(fit_lasso_rf, rng):
    """The lasso of a whole simulated cell, 300 pixels and 1,200 frames, with a strong and with a weak penalty."""
    cell, counts, _ = fresh_cell(rng)
    largest = receptive_field.alpha_max(cell.stim, counts, 1)
    for share in (0.5, 0.15):
        alpha = float(f"{share * largest:.3g}")
        expect_either(fit_lasso_rf(cell.stim, counts, 1, alpha), cell.stim, counts, 1, alpha)


@check("fit_lasso_rf", points=0.3)
def random_data_whose_pixels_flicker_together(fit_lasso_rf, rng):
    """Other numbers of pixels and frames, pixels that often agree, other lags and rates."""
    for n_pixels, n_frames, lag, mean in ((14, 300, 0, 2.0), (6, 120, 3, 5.0), (25, 200, 2, 1.0)):
        stim, counts = _flickering_together(rng, n_pixels, n_frames, lag, mean)
        alpha = float(f"{0.2 * receptive_field.alpha_max(stim, counts, lag):.2g}")
        expect_either(fit_lasso_rf(stim, counts, lag, alpha), stim, counts, lag, alpha)


def _flickering_together(rng, n_pixels, n_frames, lag, mean):
    """A stimulus in which every pixel often repeats its neighbour, and the counts of a neuron that sees a third of them."""
    stim = rng.choice([-0.5, 0.5], (n_pixels, n_frames))
    for pixel in range(1, n_pixels):
        same = rng.random(n_frames) < 0.4
        stim[pixel, same] = stim[pixel - 1, same]
    w = rng.normal(0, 1, n_pixels) * (rng.permutation(n_pixels) < max(2, n_pixels // 3))
    rate = np.full(n_frames, mean)
    drive = np.exp(w @ stim)
    rate[lag:] = mean * (drive / drive.mean())[: n_frames - lag]
    return stim, rng.poisson(np.minimum(rate, 40))


# lasso_path


@check("lasso_path", points=0.35)
def every_column_of_a_simulated_cell(lasso_path, rng):
    """Part of a simulated cell's screen: every lag and alpha has the lasso of its own."""
    stim, counts, lags, alphas = part_of_a_cell(rng)
    W, _ = read_path(lasso_path.once(stim, counts, lags, alphas), len(stim), lags, alphas)
    smallest = {(i, a): smallest_objective(stim, counts, i, a) for i in lags for a in alphas}
    expect_path(W, stim, counts, lags, alphas, smallest)


@check("lasso_path", points=0.3)
def alpha_is_chosen_on_held_out_frames(lasso_path, rng):
    """best_alpha is within one standard error of the best, whether four or ten blocks are left out in turn."""
    stim, counts, lags, alphas = part_of_a_cell(rng)
    W, best = read_path(lasso_path.once(stim, counts, lags, alphas), len(stim), lags, alphas)
    expect_gain(W, stim, counts, lags, alphas)
    good = good_alphas(stim, counts, lags, alphas)
    expect_true(
        best in good,
        f"best_alpha is {best:.3g}, but on frames that were left out"
        f" {' or '.join(f'{a:.3g}' for a in sorted(good))} predicts better, by more than one standard error."
        " Add the held-out deviance up over all lags.",
    )


def part_of_a_cell(rng):
    """96 pixels around a simulated cell's centre, 500 frames, two lags, and four alphas out of order."""
    cell, counts, centre = fresh_cell(rng)
    row, column = np.clip(centre - (5, 4), 0, (8, 7)).astype(int)
    screen = cell.stim.reshape(*cell.shape, -1)[row : row + 12, column : column + 8, :500]
    stim, counts, lags = screen.reshape(96, 500), counts[:500], [2, 1]
    largest = max(receptive_field.alpha_max(stim, counts, lag) for lag in lags)
    # One to three penalties leave no weight at all: their number says nothing about the best one.
    shares = rng.permutation([0.3, 0.02, 0.1, *[2.0, 4.0, 5.0][: rng.integers(1, 4)]])
    return stim, counts, lags, [float(f"{x * largest:.3g}") for x in shares]


def good_alphas(stim, counts, lags, alphas):
    """The alphas whose held-out gain is within one standard error of the best, for some number of blocks.

    The gain is that over a constant rate, which the largest alpha leaves. Its standard error is taken
    over blocks, or that of the difference to the best alpha: blocks differ by more than alphas do.
    """
    good = set()
    for n_blocks in BLOCKS:
        deviance = receptive_field.cross_validate(stim, counts, lags, alphas, n_blocks)
        gain = deviance[np.argmax(alphas)] - deviance  # (n_alphas, n_blocks)
        best = gain.mean(axis=1).argmax()
        behind = gain[best] - gain
        errors = [x.std(axis=-1, ddof=1) / np.sqrt(n_blocks) for x in (gain[best], behind)]
        near = behind.mean(axis=1) <= np.maximum(*errors)
        good |= {alphas[i] for i in np.flatnonzero(near)}
    return good


# sta


@check("sta", points=0.15)
def random_trains_on_irregular_flips(sta, rng):
    """A random train, some of it before the first flip, at several lags."""
    stim, triggers = rng.choice([-0.5, 0.5], (11, 60)), irregular_flips(rng, 60)
    lags = [0.0, 0.04, 0.31, 0.02]
    spikes = np.sort(rng.uniform(triggers[0] - 0.3, triggers[-1] - 1e-3, 200))
    expected = receptive_field.sta(stim, spikes, triggers, lags)
    expect_average(sta(stim, spikes, triggers, lags), expected, len(spikes), 60)
