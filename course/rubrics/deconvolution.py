"""Hidden checks of lab 08, deconvolution: spikes that overlap."""

from helpers import deconvolution
from helpers.checks import check
from helpers.checks.deconvolution import (
    SEEDS,
    best_fit,
    best_of,
    expect_amplitudes,
    expect_apart,
    expect_climb,
    expect_found,
    expect_last,
    expect_log_joint,
    expect_overlaps_found,
    expect_progress,
    expect_scores,
    expect_shrunk,
    expect_template,
    expect_waveform,
    fits_of,
    joint,
    noisy_target,
    overlapping_spikes,
    random_waveforms,
    read_seminmf,
    summed_bins,
    unit,
)

# update_waveform


@check("update_waveform", points=0.3)
def random_data_of_other_sizes(update_waveform, rng):
    """One contact or many, few bins or many, most amplitudes 0."""
    for n_channels, n_bins, active in ((1, 9, 1.0), (40, 15, 0.3), (3, 800, 0.05)):
        a = rng.exponential(3, n_bins) * (rng.random(n_bins) < active)
        a[rng.integers(n_bins)] = 2.0
        R = rng.normal(0, 2, (n_channels, n_bins))
        expect_waveform(update_waveform(R, a), R, a)


# update_amplitudes


@check("update_amplitudes", points=0.3)
def priors_that_leave_everything_or_nothing(update_amplitudes, rng):
    """Other sizes, λ = 0 (nothing is subtracted), and λ so large that nothing is left."""
    for n_channels, n_bins, lam, sigma in (
        (1, 20, 0.3, 3.0),
        (30, 12, 0.0, 1.0),
        (5, 300, 50.0, 1.0),
    ):
        R, w = rng.normal(0, 3, (n_channels, n_bins)), unit(rng.normal(0, 1, n_channels))
        expect_amplitudes(update_amplitudes(R, w, lam, sigma), R, w, lam, sigma)


# log_joint


@check("log_joint", points=0.3)
def other_sizes_and_scales(log_joint, rng):
    """One neuron or several, few bins or many, small and large σ and λ."""
    for n_channels, n_neurons, n_bins, lam, sigma in (
        (1, 1, 7, 3.0, 0.2),
        (12, 5, 60, 0.1, 4.0),
        (3, 4, 200, 1.6, 1.3),
    ):
        W = random_waveforms(rng, n_channels, n_neurons)
        A = rng.exponential(1 / lam, (n_bins, n_neurons)) * (rng.random((n_bins, n_neurons)) < 0.5)
        X = W @ A.T + rng.normal(0, sigma, (n_channels, n_bins))
        expect_log_joint(log_joint(X, W, A, lam, sigma), X, W, A, lam, sigma)


# fit_seminmf


@check("fit_seminmf", points=0.35)
def other_data_are_fitted_as_well(fit_seminmf, rng):
    """Four neurons on 12 contacts, with other λ and σ: the best of five seeds is as probable as the best of ours."""
    lam, sigma = 0.4, 2.0
    X, W, _ = summed_bins(rng, 12, 4, 500, sigma, size=16.0)
    fits = []
    for seed in SEEDS:
        fits.append(read_seminmf(fit_seminmf.once(X, 4, lam, sigma, 80, seed), X, 4, 80))
        expect_climb(fits[-1][2], seed)
    ours = [deconvolution.fit_seminmf(X, 4, lam, sigma, 80, seed) for seed in SEEDS]
    best = max(sum(joint(X, *fit[:2], lam, sigma)) for fit in ours)
    expect_found(best_fit(fits, X, lam, sigma), W, best - 1.0, X, lam, sigma)


@check("fit_seminmf", points=0.15)
def too_many_neurons_are_no_problem(fit_seminmf, rng):
    """With more neurons than are there, and a strong prior, the log joint never falls and is right at the end."""
    X, _, _ = summed_bins(rng, 6, 2, 150, active=0.05)
    for lam in (3.0, 12.0):
        fit = read_seminmf(fit_seminmf(X, 8, lam, 1.0, 30, 3), X, 8, 30)
        expect_climb(fit[2], 3)
        expect_last(fit, X, lam, 1.0)
    expect_progress(fit_seminmf, X, 3.0, 1.0, 30, n_neurons=8)


# score_templates


@check("score_templates", points=0.3)
def other_sizes(score_templates, rng):
    """More contacts than samples, many templates or one, even and odd widths."""
    for n_neurons, n_channels, width, n_samples in ((1, 1, 6, 30), (7, 20, 5, 64), (2, 3, 31, 90)):
        R = rng.normal(0, 3, (n_channels, n_samples))
        expect_scores(score_templates, R, rng.normal(0, 1, (n_neurons, n_channels, width)))


@check("score_templates", points=0.2)
def widths_at_the_limits(score_templates, rng):
    """A template as long as the data has one score; one of a single sample has T."""
    R = rng.normal(0, 1, (4, 25))
    for width in (25, 1):
        expect_scores(score_templates, R, rng.normal(0, 1, (3, 4, width)))


# update_template


@check("update_template", points=0.3)
def other_shapes_and_ranks(update_template, rng):
    """More contacts than samples, a single contact, a single sample, and ranks from 1 to 4."""
    for n_channels, width, rank in ((30, 8, 1), (5, 40, 4), (1, 12, 1), (9, 1, 2)):
        G = noisy_target(rng, n_channels, width)
        expect_template(update_template(G, rank), G, rank)


@check("update_template", points=0.2)
def random_targets(update_template, rng):
    """Targets made of noise alone, whose pieces are nearly equal."""
    for rank in (1, 2, 5):
        G = rng.normal(0, 4, (7, 11))
        expect_template(update_template(G, rank), G, rank)


# fit_deconvolution


@check("fit_deconvolution", points=0.3)
def neurons_of_rank_two_on_more_contacts(fit_deconvolution, rng):
    """Four neurons on 16 contacts with templates of rank 2: the best of five seeds finds the overlapping spikes."""
    data = overlapping_spikes(rng, n_channels=16, n_neurons=4, width=24, n_events=110, rank=2)
    fits = fits_of(fit_deconvolution, data, rank=2)
    expect_overlaps_found(fits, data)
    expect_apart(best_of(fits, data)[1], data.width)


@check("fit_deconvolution", points=0.25)
def prior_and_noise_set_the_threshold(fit_deconvolution, rng):
    """With σ = 2 and λ = 2 spikes are found, hardly any that are not there, and their amplitudes shrink by λσ² = 8."""
    data = overlapping_spikes(rng, lam=2.0, sigma=2.0)
    fits = fits_of(fit_deconvolution, data)
    expect_overlaps_found(fits, data)
    expect_shrunk(best_of(fits, data), data)
