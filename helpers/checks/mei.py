"""What a student can check in lab 06, MEI: what does this neuron want to see?"""

import contextlib

import numpy as np

from . import (
    CheckFailed,
    check,
    expect_array,
    expect_close,
    expect_number,
    expect_results,
    expect_true,
    expect_type,
    fixture,
    limit,
)

NEAR_ORACLE = 0.03  # pooling all pairs and averaging over random trials differ by less
EXACT = 2e-4  # of the contrast: single precision is good to a hundredth of that
PART_OF_BEST = 0.85  # of the largest response that an image of that contrast can have
PART_OF_GABOR = 0.8  # of the response to the planted Gabor
NEAR_INDEX = 0.05
ITSELF = "the trial itself is in the mean it is compared with: leave it out"
CONSTRAINT = (
    "Mean and contrast are set anew in every step, after the blur and before anything is recorded."
)

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "oracle_correlation": "spike counts with many missing trials, and noisier neurons",
    "select_neurons": "random populations and other quantiles",
    "smooth_gradient": "random gradients of odd and even sizes, as arrays and as tensors",
    "generate_mei": "simulated V1 cells in full size, and other means, contrasts and step sizes",
    "start_similarity": "random images",
    "create_gabor": "Gabors at random places, of random sizes and directions",
    "best_gabor": "a complex cell",
    "masked_luminance": "random images and masks",
    "masked_contrast": "random images and masks",
    "symmetry_index": "mixtures of waves, scenes and other bins",
    "compare_on_truth": "a simulated population",
}

# oracle_correlation


@check("oracle_correlation", points=0.5)
def each_trial_meets_the_mean_of_the_others(oracle_correlation, rng):
    """With variance σs² over images and σn² over trials the oracle is σs²/√((σs² + σn²)(σs² + σn²/(T − 1))): within .03, for 2, 5 and 8 trials."""
    s2, n2 = np.array([1.0, 0.36, 4.0]), np.array([2.25, 1.0, 1.44])
    for r in (5, 2, 8):
        responses = np.stack([session(rng, 400, r, *pair) for pair in zip(s2, n2, strict=True)], 2)
        mistakes = {
            ITSELF: np.sqrt((s2 + n2 / r) / (s2 + n2)),
            "single trials were compared with single trials, not with a mean of trials": s2 / (s2 + n2),
            "the correlation was squared": expected_oracle(s2, n2, r) ** 2,
            "this is a covariance: divide it by both standard deviations": s2,
            "the mean of the others was correlated with the mean of all trials": np.sqrt(
                (s2 + n2 / r) / (s2 + n2 / (r - 1))
            ),
        }  # fmt: skip
        expect_oracle(oracle_correlation(responses), expected_oracle(s2, n2, r), mistakes)


@check("oracle_correlation", points=0.4)
def missing_trials_are_left_out(oracle_correlation, rng):
    """NaN is a missing trial, anywhere in the array: the mean of the others is divided by how many of them there are."""
    s2, n2 = 1.0, 2.25
    hidden = scatter(rng, session(rng, 400, 4, s2, n2), 6)
    expect_oracle(
        oracle_correlation(hidden[:, :, None]), [expected_oracle(s2, n2, 4)],
        {
            ITSELF: [np.sqrt((s2 + n2 / 4) / (s2 + n2))],
            "missing trials count as zeros: leave them out of pairs and means": [
                0.4 * s2 / np.sqrt(2 / 3 * (s2 + n2) * (34 * s2 + 10 * n2) / 75)
            ],
        },
    )  # fmt: skip
    # Half of the images have eight trials and half have two: of all pairs .8 and .2.
    s2, n2, mean = 4.0, 0.5, 6.0
    trials, share = np.array([8, 2]), np.array([0.8, 0.2])
    halves = [session(rng, 400, 8, s2, n2, mean), session(rng, 400, 2, s2, n2, mean)]
    both = np.concatenate([halves[0], scatter(rng, halves[1], 8)])[:, :, None]

    def if_others_are(scaled):
        """The oracle, if the mean of the others comes out that many times too large."""
        scatter_of_means = mean**2 * (share @ scaled**2 - (share @ scaled) ** 2)
        squared = share @ (scaled**2 * (s2 + n2 / (trials - 1))) + scatter_of_means
        return [share @ scaled * s2 / np.sqrt((s2 + n2) * squared)]

    mistakes = {
        "the mean of the others is divided by the number of all trials less one, missing ones counted":
            if_others_are((trials - 1) / 7),
        "the sum of the others is divided by T, the trial itself counted: they are T − 1":
            if_others_are((trials - 1) / trials),
    }  # fmt: skip
    expect_oracle(oracle_correlation(both), if_others_are(np.ones(2)), mistakes)


@check("oracle_correlation", points=0.25)
def images_with_fewer_than_two_trials_are_left_out(oracle_correlation, rng):
    """An image of which a neuron has one valid trial, or none, counts for nothing."""
    responses = np.full((500, 5, 2), np.nan)
    for i, s2 in enumerate((1.0, 3.0)):
        responses[:400, :, i] = session(rng, 400, 5, s2, 2.0)
        responses[400:450, rng.integers(5), i] = 30.0
    order = rng.permutation(500)
    expect_oracle(
        oracle_correlation(responses[order]), expected_oracle(np.array([1.0, 3.0]), 2.0, 5)
    )


@check("oracle_correlation", points=0.25)
def a_trial_missing_for_one_neuron_counts_for_the_others(oracle_correlation, rng):
    """What is missing is missing for one neuron only: the others keep their trial, and their image."""
    s2, n2 = 2.0, 1.5
    # All images of the first neuron have three trials of four; in half of them the signal is 0.
    halves = [scatter(rng, session(rng, 300, 3, part, n2), 4) for part in (s2, 0.0)]
    second = session(rng, 300, 4, s2, n2)
    # The second neuron misses all images in which the first one has a signal.
    responses = np.stack([np.concatenate(halves), np.full((600, 4), np.nan)], axis=2)
    responses[300:, :, 1] = second
    both = expected_oracle(s2 / 2, n2, 3)
    mistakes = {
        "what misses for one neuron was left out for all": [0.0, expected_oracle(s2, n2, 4)],
    }
    found = oracle_correlation(responses)
    expect_oracle(found, [both, expected_oracle(s2, n2, 4)], mistakes)


def session(rng, n_images, n_trials, s2, n2, mean=0.0):
    """Responses (n_images, n_trials) of a neuron whose variances are not drawn but exact.

    Signal and the noise of each trial have no correlation at all: what holds for endlessly many
    images holds for these few.
    """
    columns = rng.normal(size=(n_images, n_trials + 2))
    columns[:, 0] = 1  # all others have mean zero then
    basis = np.linalg.qr(columns)[0][:, 1:] * np.sqrt(n_images)
    return mean + np.sqrt(s2) * basis[:, :1] + np.sqrt(n2) * basis[:, 1:]


def scatter(rng, responses, n_slots):
    """Put each image's trials into random ones of more slots; the others are NaN."""
    spread = np.full((len(responses), n_slots), np.nan)
    for row, trials in zip(spread, responses, strict=True):
        row[rng.permutation(n_slots)[: len(trials)]] = trials
    return spread


def expected_oracle(s2, n2, r):
    """The oracle's expected value, from the variances of signal and noise and the number of trials."""
    return s2 / np.sqrt((s2 + n2) * (s2 + n2 / (r - 1)))


def expect_oracle(value, expected, mistakes=None):
    """Expect one correlation for each neuron, within .03."""
    expected = np.asarray(expected, float)
    found = expect_array(
        value, "the oracle correlation", shape=expected.shape, finite=False,
        hint="One number for each neuron, the last axis of `responses`.",
    )  # fmt: skip
    expect_array(
        found, "the oracle correlation",
        hint="NaN spreads through sums and means: use only pairs of a valid trial and at least one valid other.",
    )  # fmt: skip
    expect_close(
        found, expected, "the oracle correlation", rtol=0, atol=NEAR_ORACLE,
        misconceptions={"the sign is turned": -expected, **(mistakes or {})},
        hint="Pair each valid trial with the mean of the other valid trials of its image, then correlate over"
        " all pairs of a neuron.",
    )  # fmt: skip


# select_neurons


@check("select_neurons", points=0.3)
def a_neuron_is_above_both_quantiles(select_neurons, rng):
    """Chosen are the indices of the neurons whose oracle is above its quantile and whose variance is above its own."""
    oracle = np.array([0.37, 0.09, 0.29, 0.21, 0.15, 0.47, 0.82, 0.58, 0.02, 0.0, 0.05, 0.7])
    variance = np.array([4.8, 3.8, 8.6, 5.4, 7.5, 3.5, 3.7, 1.1, 1.6, 7.4, 0.4, 1.4])
    others = {
        "the 40 % with the highest oracle were chosen: the quantiles passed were not used, nor was the variance": [
            0, 5, 6, 7, 11,
        ],
        "the quantiles .6 and .5 were used, not those passed": [0],
    }  # fmt: skip
    # Above the oracle's median (.25): 0 2 5 6 7 11; above the variance's (3.75): 0 1 2 3 4 9.
    mistakes = {
        "neurons above one of the two quantiles were chosen: both are asked for": [
            0, 1, 2, 3, 4, 5, 6, 7, 9, 11,
        ],
        "the variance was not used": [0, 2, 5, 6, 7, 11],
        "the oracle was not used": [0, 1, 2, 3, 4, 9],
        "neurons below both quantiles were chosen": [8, 10],
        "the quantile of the variance was taken over the neurons that passed the oracle's: take it over all": [0, 2, 6],
        "the quantile of the oracle was taken over the neurons that passed the variance's: take it over all": [0, 2, 3],
        "oracle and variance themselves were compared with .5: it stands for a quantile, np.nanquantile": [6, 7, 11],
        "the oracle itself was compared with .5: it stands for a quantile, np.nanquantile": [],
    }  # fmt: skip
    expect_chosen(select_neurons(oracle, variance, 0.5, 0.5), [0, 2], mistakes | others, oracle)
    # Above the quantile .75 of the oracle (.5): 6 7 11; above .15 of the variance (1.3): all but 7 10.
    mistakes = {"the two quantiles were taken for each other": [2, 4]}
    expect_chosen(select_neurons(oracle, variance, 0.75, 0.15), [6, 11], mistakes | others, oracle)
    expect_random_choice(select_neurons, rng, 0.3, 0.2)


@check("select_neurons", points=0.15)
def without_quantiles_they_are_60_and_50_percent(select_neurons, rng):
    """Without further arguments the oracle's quantile is .6 and the variance's is .5."""
    oracle, variance = np.arange(20.0), np.array([*range(10), *range(19, 9, -1)], float)
    variance[[2, 15]] = variance[[15, 2]]
    mistakes = {
        "the quantile of the oracle is .5, not .6": [10, 11, 12, 13, 14, 16, 17, 18, 19],
        "the quantiles are taken for percentiles": [*range(1, 20)],
        "the defaults are swapped: .6 belongs to the oracle and .5 to the variance": [10, 11, 12, 13, 14, 16, 17],
        "the variance was not used": [*range(12, 20)],
        "the quantile of the variance was taken over the neurons that passed the oracle's: take it over all": [
            12, 13, 14, 16,
        ],
    }  # fmt: skip
    expect_chosen(select_neurons(oracle, variance), [12, 13, 14, 16, 17, 18, 19], mistakes, oracle)
    expect_random_choice(select_neurons, rng)


@check("select_neurons", points=0.15)
def indices_ascend(select_neurons, rng):
    """The indices ascend, whatever the order of the oracles; they are whole numbers, and none at all is possible."""
    oracle = np.array([0.5, 0.9, 0.1, 0.6, 0.2, 0.8])
    variance = np.array([5.0, 4.0, 0.1, 6.0, 0.2, 3.0])
    mistakes = {"neurons below the quantiles were chosen": [2, 4]}
    expect_chosen(select_neurons(oracle, variance, 0.1, 0.3), [0, 1, 3, 5], mistakes, oracle)
    expect_chosen(select_neurons(oracle, -oracle, 0.5, 0.5), [], {}, oracle)
    expect_random_choice(select_neurons, rng, 0.1, 0.2)


@check("select_neurons", points=0.1)
def a_neuron_without_an_oracle_is_never_chosen(select_neurons, rng):
    """A neuron whose oracle is NaN is not chosen and does not count for the oracle's quantile (`np.nanquantile`)."""
    oracle = np.array([np.nan, 0.1, 0.2, 0.3, 0.4, np.nan, np.nan])
    variance = np.array([9.0, 8.0, 3.0, 7.0, 6.0, 5.0, 0.0])
    mistakes = {
        "NaN made the quantile NaN, and nothing is above that: use np.nanquantile": [],
        "NaN counted as the lowest of all oracles": [2, 3, 4],
    }
    expect_chosen(select_neurons(oracle, variance, 0.5, 0.1), [3, 4], mistakes, oracle)
    expect_random_choice(select_neurons, rng, 0.3, 0.2, n_missing=4)


def expect_random_choice(select_neurons, rng, *quantiles, n_missing=0):
    """Expect the right neurons of a population that no answer can know."""
    n = 24  # no quantile in use here is a neuron's own value, also without the missing ones
    oracle, variance = rng.uniform(0, 0.9, n), rng.gamma(1.0, 20.0, n)
    oracle[rng.permutation(n)[:n_missing]] = np.nan
    of_oracle, of_variance = quantiles or (0.6, 0.5)
    high = oracle > np.nanquantile(oracle, of_oracle)
    expected = np.flatnonzero(high & (variance > np.nanquantile(variance, of_variance)))
    expect_chosen(select_neurons(oracle, variance, *quantiles), expected, {}, oracle)


def expect_chosen(value, expected, mistakes, oracle):
    """Expect ascending indices of neurons."""
    what = "the indices"
    if isinstance(value, tuple) and len(value) == 1:
        raise CheckFailed(
            "Return the indices themselves: np.where and np.nonzero wrap them in a tuple, [0]."
        )
    found = value if isinstance(value, (list, np.ndarray)) else expect_array(value, what)
    if np.asarray(found).dtype == bool:
        raise CheckFailed(
            "Return the indices of the chosen neurons, not a mask: np.flatnonzero makes them."
        )
    found = expect_array(found, what, shape=(None,), hint="One index for each chosen neuron.")
    whole = np.rint(found) == found
    expect_true(
        whole.all() or not np.isin(found, oracle).all(),
        "Return the indices of the chosen neurons: these are values of the oracle.",
    )
    found = expect_array(found, what, integer=True).tolist()
    expected = np.asarray(expected, int).tolist()
    if found == expected:
        return
    if sorted(found) == expected:
        raise CheckFailed(
            f"These are the right neurons, but their indices should ascend: yours are {found}."
        )
    looks = next((s for s, other in mistakes.items() if sorted(found) == list(other)), "")
    raise CheckFailed(
        f"Of {len(oracle)} neurons {expected} should be chosen, but you chose {found}."
        + (f" It looks as if {looks}." if looks else " Are both quantiles those of all neurons?")
    )


# smooth_gradient


@check("smooth_gradient", points=0.4)
def waves_of_one_radius_are_scaled_alike(smooth_gradient, rng):
    """Five cycles per image down, across, or three and four of them aslant either way: the factor is the same."""
    shape, waves = (24, 36), ((0, 5), (5, 0), (3, 4), (4, -3))
    found = gains(smooth_gradient, rng, shape, waves, factor=0.5)
    vertical = (
        "the vertical frequencies of the second half are negative, fftfreq(n)·n: here they count up"
    )
    mistakes = {
        f"{vertical} to the highest (a plain arange)": [1, 0.7565, 0.7418, 0.7486],
        "the horizontal frequencies count up to the highest (a plain arange): those of the second half are"
        " negative, fftfreq(n)·n": [1, 1.4269, 0.9949, 0.9902],
        "the frequencies of both axes count up to the highest (a plain arange): those of the second half are"
        " negative, fftfreq(n)·n": [1, 1.0795, 0.9713, 0.6315],
        "the negative frequencies are one too small, as with arange(n − 1, −1, −1): frequency −1 stands last,"
        " not 0": [1, 1, 1.0281, 1.0118],
        "the negative vertical frequencies are one too small, as with arange(n − 1, −1, −1): frequency −1"
        " stands last, not 0": [1, 1.059, 1.0287, 1.0428],
        "the negative horizontal frequencies are one too small, as with arange(n − 1, −1, −1): frequency −1"
        " stands last, not 0": [1, 0.9443, 0.9847, 0.9714],
        "the frequencies run backwards, arange(n − 1, −1, −1)": [1, 0.8871, 1.8703, 1.0962],
        "the horizontal frequencies run backwards, arange(w − 1, −1, −1)": [1, 0.4928, 0.9738, 0.9508],
        "the vertical frequencies count up and the horizontal ones run backwards: both are fftfreq(n)·n": [
            1, 0.4785, 0.5806, 0.9313,
        ],
        "the frequencies are in ascending order, with 0 in the middle: np.fft.fft2 has 0 first (fftfreq, or"
        " ifftshift of the mask)": [1, 0.9571, 1.031, 1.0201],
        "frequencies are in cycles per pixel: multiply fftfreq(n) by n, in both axes": [1, 0.8165, 0.9113, 0.8633],
        "the transform ran along one axis only: take fft2": [1, 0, 0, 0],
    }  # fmt: skip
    names = [f"{abs(y)} down and {x} across" for y, x in waves]
    expect_gains(found / found[0], np.ones(4), names, mistakes)
    expect_scale_counts(smooth_gradient)


@check("smooth_gradient", points=0.4)
def the_gain_is_a_power_of_the_radius(smooth_gradient, rng):
    """From one cycle per image to 2, 4 and 8 a wave gets 2^(−factor), 4^(−factor) and 8^(−factor) times weaker; the factor is .25 unless given."""
    radius, waves = np.array([1.0, 2, 4, 8]), ((0, 1), (0, 2), (0, 4), (0, 8))
    cases = [((0.5,), 0.5), ((), 0.25), ((1.0,), 1.0)]
    all_gains = [gains(smooth_gradient, rng, (24, 36), waves, *given) for given, _ in cases]
    half, _, one = (found / found[0] for found in all_gains)
    expect_true(
        not np.allclose(half, one, rtol=1e-3) or np.allclose(one, 1, rtol=1e-3),
        "With factor = 0.5 and with factor = 1 waves are scaled alike: the argument `factor` is not used.",
    )
    for (given, factor), found in zip(cases, all_gains, strict=True):
        mistakes = {
            "the exponent is −2·factor: it belongs to the radius, not to its square": radius ** (-2 * factor),
            "the exponent is −factor/2: the square root of the squared radius was taken twice": radius ** (-factor / 2),
            "the sign of the exponent is turned: high frequencies should get weaker": radius**factor,
            "nothing depends on the frequency, as if the radius were never above 1: frequencies are in cycles per"
            " image, fftfreq(n)·n": radius**0,
            "the negative horizontal frequencies are one too small, as with arange(n − 1, −1, −1): frequency −1"
            " stands last, not 0": (radius**-factor + np.maximum(radius - 1, 1) ** -factor) / np.array([2, 2, 2, 2]),
            "the horizontal frequencies count up to the highest: the second half are negative, fftfreq(n)·n": (
                radius**-factor + (36 - radius) ** -factor
            ) / (1 + 35.0**-factor),
        }  # fmt: skip
        if not given:
            known = {
                f"without an argument the factor is {f:g}, not .25": radius**-f for f in (0.5, 1.0)
            }
            mistakes = known | mistakes
        names = [f"{x} across (factor {factor:g})" for x in (1, 2, 4, 8)]
        expect_gains(found / found[0], radius**-factor, names, mistakes)


@check("smooth_gradient", points=0.15)
def a_constant_has_radius_one(smooth_gradient, rng):
    """Zero frequency is treated like radius 1: a constant is scaled as a wave of one cycle per image is."""
    for factor in (0.25, 1.0):
        found = gains(smooth_gradient, rng, (14, 21), ((0, 0), (0, 1), (1, 0)), factor)
        mistakes = {
            "a constant is taken away: its radius counts as 1, its gain is not 0": [0, 1, 1]
        }
        names = ["0 down and 0 across, a constant,", "1 across", "1 down"]
        expect_gains(found / found[1], np.ones(3), names, mistakes, first=1)
    expect_scale_counts(smooth_gradient)


@check("smooth_gradient", points=0.25)
def a_tensor_stays_a_tensor(smooth_gradient, rng):
    """A tensor comes back as a tensor and an array as an array, of the same shape and with the same numbers."""
    torch = the_torch()
    grad = rng.normal(size=(15, 22))
    plain, tensor = (
        smooth_gradient(grad),
        smooth_gradient(torch.as_tensor(grad, dtype=torch.float32)),
    )
    expect_true(
        not isinstance(plain, torch.Tensor),
        "For an array a tensor came back. Is the type of the argument looked at, as with isinstance(grad, np.ndarray)?",
    )
    expect_true(
        isinstance(tensor, torch.Tensor),
        "For a tensor no tensor came back: generate_mei would have to turn it round again. Use torch.fft there,"
        " or torch.as_tensor at the end.",
    )
    plain, tensor = (read_smooth(value, grad.shape) for value in (plain, tensor))
    expect_close(
        tensor, plain, "the smoothed tensor", rtol=0, atol=1e-4 * np.abs(plain).max(),
        hint="An array of the same numbers was smoothed to something else.",
    )  # fmt: skip
    expect_scale_counts(smooth_gradient)


@check("smooth_gradient", points=0.2)
def smoothing_is_linear(smooth_gradient, rng):
    """Three times the gradient gives three times the result, and a sum the sum: the mask depends on size and factor alone."""
    a, b = rng.normal(size=(2, 11, 16))
    smooth_a, smooth_b, mixed = (
        read_smooth(smooth_gradient(x), (11, 16)) for x in (a, b, 3 * a + b)
    )
    expect_close(
        mixed, 3 * smooth_a + smooth_b, "what 3·a + b is smoothed to", rtol=0,
        atol=1e-3 * np.abs(mixed).max(),
        hint="What a and b are smoothed to does not add up to it. Nothing may be divided by the gradient's own size here: generate_mei"
        " does that.",
    )  # fmt: skip
    expect_scale_counts(smooth_gradient)


def expect_scale_counts(smooth_gradient):
    """Expect a fine and a coarse wave not to be scaled alike: what comes back as it went in is not smoothed."""
    waves = [wave((24, 36), 0, k, 0.7) for k in (1, 8)]
    slow, fast = (np.abs(read_smooth(smooth_gradient(x), x.shape)).max() for x in waves)
    expect_true(
        abs(fast - slow) > 0.05 * max(fast, slow),
        "A wave of 8 cycles across is scaled like a wave of one cycle: nothing is smoothed.",
    )


def the_torch():
    """PyTorch, where tensors are sent or come back."""
    try:
        import torch
    except ImportError:
        raise CheckFailed(
            "This check needs PyTorch: install it with `pip install torch`."
        ) from None
    return torch


def wave(shape, k_y, k_x, phase=0.0):
    """A cosine with so many cycles down the height and along the width."""
    y, x = (np.arange(n) / n for n in shape)
    return np.cos(2 * np.pi * (k_y * y[:, None] + k_x * x) + phase)


def gains(smooth_gradient, rng, shape, waves, *given, **named):
    """By what each wave is multiplied: an array like `waves`."""
    expect_not_divided_by_size(smooth_gradient, wave(shape, *waves[-1], 0.7), *given, **named)
    found = []
    for k_y, k_x in waves:
        phase = rng.uniform(0.5, 1.0)  # a constant wave must not vanish
        before = wave(shape, k_y, k_x, phase)
        after = read_smooth(smooth_gradient(before, *given, **named), shape)
        gain = (after * before).sum() / (before * before).sum()
        left = np.abs(after - gain * before).max()
        expect_true(
            left <= 1e-2 * np.abs(after).max() or (gain < 1e-6 and np.abs(after).max() < 1e-6),
            f"A wave with {k_y} cycles down and {k_x} across does not come back as that wave. The result is the"
            " real part of the inverse transform: not its size, and with nothing shifted or left out.",
        )
        found.append(gain)
    found = np.array(found)
    expect_true(
        (found > -1e-9).all(), f"The gain of some waves is negative: {np.round(found, 3).tolist()}."
    )
    expect_true(found.any(), "The result is zero for every wave.")
    found[np.abs(found) < 1e-12] = 0
    expect_true(
        found[1 if waves[0] == (0, 0) else 0] > 0,
        "A wave that is a whole number of cycles long comes back as zero.",
    )
    return found


def expect_not_divided_by_size(smooth_gradient, grad, *given, **named):
    """Expect three times a gradient to be smoothed to three times as much."""
    once, thrice = (
        read_smooth(smooth_gradient(k * grad, *given, **named), grad.shape) for k in (1, 3)
    )
    expect_true(
        np.abs(thrice - once).max() > 1e-3 * np.abs(once).max() or not once.any(),
        "Three times the gradient gives the same result as the gradient: nothing may be divided by the gradient's"
        " own size here. generate_mei does that.",
    )


def read_smooth(value, shape):
    """Read a smoothed gradient as an array (H, W)."""
    hint = "Take the real part of the inverse transform; the result has the shape of the gradient."
    found = expect_array(value, "the smoothed gradient", shape=shape, finite=False, hint=hint)
    return expect_array(
        found, "the smoothed gradient",
        hint="At zero frequency the radius is 0, and 0^(−factor) is infinite: there it counts as 1.",
    )  # fmt: skip


def expect_gains(found, expected, names, mistakes, first=0):
    """Expect waves to be scaled, relative to one of them, as `expected` says."""
    if np.allclose(found, expected, rtol=2e-3, atol=1e-6):
        return
    looks = next(
        (s for s, other in mistakes.items() if np.allclose(found, other, rtol=2e-3, atol=2e-4)), ""
    )
    i = int(np.abs(found / expected - 1).argmax())
    raise CheckFailed(
        f"A wave with cycles {names[i]} should be scaled {expected[i]:.4g} times as much as one with cycles"
        f" {names[first]}, but is {found[i]:.4g} times."
        + (f" It looks as if {looks}." if looks else " Is the mask the radius √(f_y² + f_x²) to the power −factor?")
    )  # fmt: skip


# generate_mei


@check("generate_mei", points=0.15)
def a_search_returns_an_image_and_two_records(generate_mei, rng):
    """What comes back is the image (H, W), and one response and one contrast for each of the steps."""
    for steps in (2, 5):
        search(generate_mei, edges((12, 17), 30), 0, noise(rng, (12, 17)), steps=steps)


@check("generate_mei", points=0.3)
def mean_and_contrast_are_constraints(generate_mei, rng):
    """The image and every recorded contrast have exactly the mean and the population standard deviation asked for; pixels may lie outside 0 … 1."""
    filters, start = edges((20, 28), 30), noise(rng, (20, 28))
    for mean, contrast in ((0.5, 0.2), (0.4, 0.35)):
        found = search(generate_mei, filters, 0, start, steps=25, mean=mean, contrast=contrast)
        expect_constraint(*found, mean, contrast)


@check("generate_mei", points=0.25)
def responses_are_recorded_after_each_step(generate_mei, rng):
    """The last response is the model's to the image returned; the model itself stays as it is."""
    filters, start = edges((20, 28), 0, 70), noise(rng, (20, 28))
    for steps in (2, 20):
        image, responses, _ = search(generate_mei, filters, 1, start, steps=steps)
        expect_last_response(image, responses, filters, 1)


@check("generate_mei", points=0.2)
def batch_normalisation_is_in_evaluation_mode(generate_mei, rng):
    """A model that comes from training normalises each image by itself: it is put into evaluation mode first, `model.eval()`."""
    filters, start = edges((16, 20), 50), noise(rng, (16, 20))
    with hint_if_raised("The model was never in evaluation mode: call model.eval().", "batch"):
        found = search(
            generate_mei, filters, 0, start, steps=10, luminance=0.3, deviation=0.6, training=True
        )
    expect_last_response(found[0], found[1], filters, 0, luminance=0.3, deviation=0.6)


@check("generate_mei", points=0.25)
def step_size_is_the_mean_change_of_a_pixel(generate_mei, smooth_gradient, rng):
    """The smoothed gradient is divided by the mean of its absolute values: whether it is large or small, in few pixels or in all, a step changes pixels by `step_size` on average (within 20 %)."""
    shape = (20, 28)
    point = np.zeros(shape)
    point[9:11, 12:14] = 1
    for scale, what, F in (
        (1.0, "the same in all rows", wave(shape, 0, 1, 0.4)),
        (1e3, "large, but only in a few pixels", point),
        (1e-3, "very small", wave(shape, 0, 10, 0.4)),
    ):
        G = smoothed(smooth_gradient, F)
        start = unlike(noise(rng, shape), F, G)
        image = two_steps(generate_mei, scale * F, start, 0.1)
        expect_step(image - image.mean(), start - 0.5, G / np.abs(G).mean(), what)


@check("generate_mei", points=0.2)
def the_step_follows_the_smoothed_gradient(generate_mei, smooth_gradient, rng):
    """What is added to the picture is your `smooth_gradient`, with its default factor, of the gradient: fast waves are weaker in it."""
    shape = (20, 28)
    slow, fast = wave(shape, 0, 1, 0.4), wave(shape, 10, 0, 0.4)

    def mixed(image):
        """How much of the fast wave comes with one of the slow one."""
        there = (image * slow).sum() / (slow**2).sum()
        return (image * fast).sum() / (fast**2).sum() / there if abs(there) > 1e-9 else np.inf

    start = unlike(noise(rng, shape), slow, fast)
    found = mixed(two_steps(generate_mei, slow + fast, start, 0.1))
    expected = mixed(smoothed(smooth_gradient, slow + fast))
    others = {
        "smooth_gradient is not applied to the gradient that is added": 0.0,
        "the factor 0.5 is used (or smoothing is done twice): the default is .25": 0.5,
        "the factor 1 is used: the default is .25": 1.0,
        "the factor −0.25 is used: fast waves get stronger": -0.25,
    }
    expect_close(
        found, expected, "in the step, for a gradient of a slow and a fast wave of equal height, the fast wave's share",
        rtol=0.05, atol=0.005,
        misconceptions={s: mixed(smoothed(smooth_gradient, slow + fast, f)) for s, f in others.items()},
        hint="Apply smooth_gradient(g), your own one, to the gradient; divide its result by its mean absolute value;"
        " add step_size times that.",
    )  # fmt: skip


@check("generate_mei", points=0.1)
def the_start_stays_as_it_is(generate_mei, rng):
    """image0 itself is not changed: a second search from the same array finds the same picture."""
    filters, start = edges((16, 20), 40), noise(rng, (16, 20))
    first, second = (
        search(
            generate_mei, filters, 0, fixture("picture", pixels=start, again=again), shape=start.shape,
            steps=2, sigma=0.01, step_size=0.05,
        )[0]
        for again in (False, True)
    )  # fmt: skip
    expect_true(
        np.allclose(first, second, rtol=0, atol=0.01),
        f"Two searches from the same array image0 give pictures that differ by up to {np.abs(second - first).max():.2g}:"
        " the first search changed image0 in place, as x += … does, also by way of np.asarray or torch.from_numpy. Copy"
        " it first: image0.copy().",
    )


@check("generate_mei", points=0.2)
def the_blur_narrows(generate_mei, rng):
    """The first step blurs the image, what was just added included, with a width of `sigma`; the last one hardly at all."""
    shape = (20, 28)
    image = search(
        generate_mei, edges(shape, 0), 0, noise(rng, shape), steps=2, sigma=2.0, step_size=1e-3
    )[0]
    rough = np.diff(image, axis=1).std() / image.std()
    expect_true(
        rough < 0.75,
        "After two steps from noise, sigma = 2, neighbouring pixels should be much alike, but they differ by"
        f" {rough:.2f} standard deviations: the image itself is blurred in each step, with widths"
        " np.linspace(sigma, .01, steps).",
    )
    expect_blur_after_step(generate_mei, shape)
    F = wave(shape, 0, 7)[None, None]  # 4 pixels a cycle
    image, responses, _ = search(generate_mei, F, 0, noise(rng, shape), steps=60, sigma=2.0)
    hint = "Does the width of the blur fall to .01 px? A wide one wipes such a wave out."
    if responses[-1] < 0:
        hint = "It is negative: the response is to grow, x + step_size · g."
    expect_share_of_best(responses[-1], F, 0, hint)


def expect_blur_after_step(generate_mei, shape):
    """Expect the first of two steps to be wiped out by a wide blur, and the second to stay."""
    F = wave(shape, 0, 7, 0.4)  # 4 pixels a cycle
    start = set_to(wave(shape, 1, 0), 0.5, 0.2)
    size = 0.1 * np.abs(F).mean() / F.std()  # of the step, such that it adds a contrast of .1
    image = two_steps(generate_mei, F, start, size, sigma=2.0)
    part = ((image - image.mean()) * F).mean() / (F.std() * image.std())
    said = (
        "Of two steps that add a fine wave the first, blurred with sigma = 2, should be wiped out and the second, blurred"
        f" with .01 px, should stay: that wave is then .45 of the contrast, but it is {part:.2f}."
    )
    expect_true(part > -0.2, f"{said} The response is to grow, x + step_size · g.")
    expect_true(
        part > 0.15,
        f"{said} Here the second step is blurred: the blur grows, or stays wide. Its widths fall, np.linspace(sigma, .01, steps).",
    )
    expect_true(
        part < 0.6,
        f"{said} Here both steps are in it. Is the picture blurred, with width sigma, after the step was added to it?",
    )


@check("generate_mei", points=0.25)
def the_mei_of_a_linear_neuron_is_its_filter(generate_mei, rng):
    """A linear neuron likes its own filter best: its MEI reaches 85 % of the largest response that contrast allows, for the neuron asked for."""
    shape = (20, 28)
    filters, start = edges(shape, 0, 60, 120), noise(rng, shape)
    for neuron in (2, 0):
        image, responses, _ = search(generate_mei, filters, neuron, start, steps=60)
        expect_uphill(image, responses, filters, neuron)


@check("generate_mei", points=0.15)
def the_gradient_is_that_at_the_present_image(generate_mei, rng):
    """A complex cell that likes one of two patterns better is brought to that one, though it starts from the other: the gradient is asked for anew in each step."""
    strong, weak = edges((20, 28), 0, 90)[:, 0]
    filters = np.stack([strong, 0.6 * weak])[None]
    start = set_to(weak + 0.1 * strong + 0.02 * noise(rng, weak.shape), 0.5, 0.2)
    image = search(generate_mei, filters, 0, start, power=2, steps=60)[0]
    best = largest(filters[:, :1], 0) ** 2
    share = drive(image, filters, 0, power=2) / best
    expect_true(
        share >= PART_OF_BEST,
        f"The response to the image found is {share:.0%} of the largest one; at least {PART_OF_BEST:.0%} is asked for. The gradient changes"
        " with the image: is it asked for anew in each step, at the present image?",
    )
    expect_turning_back(generate_mei, rng)


def expect_turning_back(generate_mei, rng):
    """A neuron that likes the drive 0 best is passed by in the first step: the second has to turn back."""
    shape = (20, 28)
    F, step = wave(shape, 0, 5, 0.4), 0.02
    D = F / np.abs(F).mean()
    start = unlike(noise(rng, shape), F) + 0.6 * step * D
    image = two_steps(generate_mei, F, start, step, power=2, sign=-1)
    found = ((image - image.mean()) * D).sum() / (D**2).sum() / step
    expect_true(
        found < 0.9,
        f"After two small steps the picture is {found:.1f} steps from the best one, though it began .6 steps from it. Is step_size"
        " used, and does the response grow, x + step_size · g?",
    )
    expect_true(
        found > 0.3,
        "The gradient of a neuron that is passed by in the first step has the other sign in the second: the picture should"
        f" end .6 steps to one side, where it began, but is at {found:.1f}. Is the gradient asked for anew in each step, at"
        " the present image, and not summed up (with backward(), x.grad adds up until it is set to zero)?",
    )


@check("generate_mei", points=0.15)
def a_constant_start_works(generate_mei):
    """From a black and from a grey image the search arrives as well: a start without contrast is no problem."""
    filters = edges((20, 28), 45)
    for level in (0.0, 0.5):
        image, responses, _ = search(generate_mei, filters, 0, np.full((20, 28), level), steps=60)
        expect_uphill(image, responses, filters, 0)


def noise(rng, shape):
    """A start image of mean .5 and contrast .2."""
    image = rng.normal(size=shape)
    return 0.5 + 0.2 * (image - image.mean()) / image.std()


def edges(shape, *angles):
    """Neurons (n, 1, H, W) that like edges in the middle of the image, at angles in degrees."""
    y, x = (np.arange(n) - (n - 1) / 2 for n in shape)
    y = y[:, None]
    bump = np.exp(-(y**2 + x**2) / (2 * (min(shape) / 6) ** 2))
    turns = np.deg2rad(angles)
    return np.stack([(y * np.cos(a) + x * np.sin(a)) * bump for a in turns])[:, None] / 3


def unlike(image, *others):
    """A start of mean .5 and contrast .2 that has no correlation with the other images."""
    made_of = np.array([np.ones(image.size), *(np.ravel(other) for other in others)]).T
    rest = image.ravel() - made_of @ np.linalg.lstsq(made_of, image.ravel())[0]
    return set_to(rest.reshape(image.shape), 0.5, 0.2)


def smoothed(smooth_gradient, grad, *factor):
    """What the student's own smoothing makes of a gradient: its mistakes are its own checks' matter."""
    try:
        return read_smooth(smooth_gradient(grad, *factor), grad.shape)
    except CheckFailed:
        tensor = the_torch().as_tensor(grad, dtype=the_torch().float32)
        return read_smooth(smooth_gradient(tensor, *factor), grad.shape)


def two_steps(generate_mei, F, start, step_size, sigma=0.01, **model):
    """The image after two steps with one neuron, which has the filter F."""
    return search(
        generate_mei, F[None, None], 0, start, steps=2, sigma=sigma, step_size=step_size, **model
    )[0]


def search(
    generate_mei, filters, neuron, start, power=1, sign=1, luminance=0.5, deviation=0.2, training=False,
    shape=None, **settings,
):  # fmt: skip
    """Have an MEI searched for; return image, responses and contrasts as arrays."""
    model = fixture(
        "network", filters=filters, power=power, sign=sign, luminance=luminance, deviation=deviation,
        training=training,
    )  # fmt: skip
    steps, shape = settings["steps"], shape or start.shape
    with limit(seconds=60), hint_if_raised(
        "The model is single precision and takes images (n, 1, H, W): torch.tensor(image0,"
        " dtype=torch.float32)[None, None].", "einsum", "running_mean", "xpected", "dim", "channels", "float32",
    ):  # fmt: skip
        value = generate_mei.once(model, neuron, start, **settings)
    image, responses, contrasts = expect_results(value, "image", "responses", "contrasts")
    hint = (
        "Is something divided by a number that may be 0? A constant image has contrast 0, and the mean of a gradient may be"
        " 0 where the mean of its absolute values, g.abs().mean(), is not."
    )
    image = expect_array(
        image, "the image", shape=shape, finite=False,
        hint="Return it as the start was: (H, W), without the axes that the model needs ([0, 0]).",
    )  # fmt: skip
    image = expect_array(image, "the image", hint=hint)
    records = [
        expect_array(
            expect_array(
                value, name, shape=(steps,), finite=False,
                hint=f"One number for each of the {steps} steps: none for the start image.",
            ), name, hint=hint,
        )
        for value, name in ((responses, "responses"), (contrasts, "contrasts"))
    ]  # fmt: skip
    if "step_size" not in settings and np.std(start) > 0:
        expect_moved(image, start)
    return image, *records


def expect_moved(image, start):
    """Expect a search with large steps to leave its start."""
    alike = np.corrcoef(image.ravel(), start.ravel())[0, 1]
    expect_true(
        not alike > 0.999,
        "The image is the start, but for mean and contrast. With step_size = 10 it should change in every step.",
    )


def drive(image, filters, neuron, luminance=0.5, deviation=0.2, power=1):
    """What `fixtures.network` responds to an image, in double precision."""
    x = (image - luminance) / np.sqrt(deviation**2 + 1e-5)
    return ((x * filters[neuron]).sum(axis=(1, 2)) ** power).sum()


def expect_constraint(image, responses, contrasts, mean, contrast):
    """Expect an image to have that mean and contrast, and all contrasts to be that one."""
    n, close = image.size, EXACT * contrast
    sample = np.sqrt((n - 1) / n)
    pinned = [
        np.isclose(image, edge, rtol=0, atol=1e-6).sum()
        for edge in (0, 1, image.max(), image.min())
    ]
    clipped = ""
    if max(pinned) > 3:
        clipped = (
            " Pixels were clipped: they may lie outside 0 … 1. (Or do all pixels change by the same amount, as in the"
            " steps of Adam?)"
        )
    varies = np.ptp(contrasts) > 10 * close
    hint = CONSTRAINT + clipped
    if varies:
        hint = (
            "The contrasts recorded change from step to step: are they recorded before they are set, or is contrast"
            f" only a penalty, not a constraint? {hint}"
        )
    expect_close(
        image.mean(), mean, "the mean of the image", rtol=0, atol=close, hint=hint,
    )  # fmt: skip
    expect_close(
        image.std(), contrast, "the contrast of the image (standard deviation of its pixels)", rtol=0, atol=close,
        misconceptions={
            "the standard deviation was divided by N − 1, as torch does unless told correction=0": contrast * sample,
            "the contrast was taken for a variance": np.sqrt(contrast),
            "contrast was taken relative to the mean": contrast * mean,
        },
        hint=hint,
    )  # fmt: skip
    expect_true(
        not clipped, f"Several pixels are exactly {image.max():.3g} or {image.min():.3g}.{clipped}"
    )
    expect_close(
        contrasts, np.full(len(contrasts), contrast), "contrasts", rtol=0, atol=close,
        misconceptions={
            "the standard deviation was divided by N − 1, as torch does unless told correction=0": np.full(
                len(contrasts), contrast / sample
            ),
            "variances were recorded": np.full(len(contrasts), contrast**2),
            "the contrasts relative to the mean were recorded": np.full(len(contrasts), contrast / mean),
        },
        hint=hint,
    )  # fmt: skip


def expect_last_response(image, responses, filters, neuron, **norm):
    """Expect the last response to be the model's to the image returned."""
    expected = drive(image, filters, neuron, **norm)
    scale = abs(expected) + largest(
        filters, neuron, **{k: v for k, v in norm.items() if k == "deviation"}
    )
    in_training = drive(image, filters, neuron, image.mean(), image.std())
    others = {
        f"this is the response of neuron {k}, not of neuron {neuron}": drive(image, filters, k, **norm)
        for k in range(len(filters)) if k != neuron
    }  # fmt: skip
    expect_close(
        responses[-1], expected, "the last response", rtol=0, atol=1e-3 * scale,
        misconceptions={
            "the model is in training mode, where batch normalisation takes mean and deviation from the image"
            " itself: call model.eval() first": in_training,
            "the sign is turned": -expected,
            **others,
        },
        hint="It should be the model's response to the image that is returned. Is it recorded after the step, when"
        " mean and contrast are set, in evaluation mode (model.eval()), and are the model's weights as they were?",
    )  # fmt: skip


def largest(filters, neuron, contrast=0.2, deviation=0.2):
    """The largest response of a linear neuron, without a mean, to images of that contrast."""
    F = filters[neuron, 0]
    return contrast / np.sqrt(deviation**2 + 1e-5) * np.sqrt(F.size) * np.linalg.norm(F - F.mean())


def expect_step(image, start, D, what):
    """Expect an image to be the start plus two steps of .1·D, but for contrast."""
    made_of = np.array([start.ravel(), (D - D.mean()).ravel()]).T
    (kept, added), *_ = np.linalg.lstsq(made_of, image.ravel())
    left = np.abs(image.ravel() - made_of @ (kept, added)).max()
    # Two steps of .1, of which contrast is set after each.
    whole = np.hypot(0.2, 0.1 * D.std()) / 0.2 + 1
    size = added / kept / whole if abs(kept) > 1e-9 else np.inf
    told = f"for a gradient that is {what}"
    expect_true(
        size > -0.02,
        f"In two steps, {told}, the image moved against the gradient: the response is to grow, x + step_size · g.",
    )
    expect_true(
        0.08 <= size <= 0.12 and kept > 0,
        f"A step of step_size = 0.1, {told}, should change pixels by .1 on average before mean and contrast are set, but"
        f" yours changes them by {min(abs(size), 1e9):.2g}. Divide the smoothed gradient by its own mean absolute value,"
        " g.abs().mean(): not by its maximum, norm or standard deviation, and not by that of the gradient before it was"
        " smoothed. Is step_size used? (An optimiser such as Adam has another rule.)",
    )
    expect_true(
        left < 0.25 * np.abs(image).max(),
        f"With a blur of .01 px two steps, {told}, should give the start image plus that gradient, smoothed, but"
        " something else is in it, too. Is the start image used, and is nothing blurred at .01 px?",
    )


def expect_share_of_best(response, filters, neuron, hint):
    """Expect a linear neuron's response to be near the largest."""
    best = largest(filters, neuron)
    expect_true(
        response >= PART_OF_BEST * best,
        f"The last response is {response / best:.0%} of the largest that an image of this contrast can have; at least"
        f" {PART_OF_BEST:.0%} is asked for. {hint}",
    )


def expect_uphill(image, responses, filters, neuron):
    """Expect a search to end near the largest response, the neuron's own."""
    own = [(image * F[0]).mean() / (image.std() * F.std()) for F in filters]  # F has mean zero
    k = int(np.abs(own).argmax())
    looks = {
        f"The image is the one that neuron {k} likes, not neuron {neuron}: take responses[:, neuron].": (
            k != neuron and abs(own[k]) > 0.7
        ),
        "The image is the negative of the best one: the response is to grow, x + step_size · g.": own[
            neuron
        ]
        < -0.5,
        "Is the gradient that of the response at the present image, asked for anew in each step? Clipping pixels,"
        " or a blur that stays wide, also keep the response small.": True,
    }
    hint = next(sentence for sentence, holds in looks.items() if holds)
    value = drive(image, filters, neuron)
    if np.diff(responses)[len(responses) // 2 :].mean() < 0 < own[neuron]:
        hint = "The response falls in the second half of the search: does the blur grow (its widths should fall,"
        hint += " np.linspace(sigma, .01, steps)), or does a step not follow the gradient?"
    expect_share_of_best(value, filters, neuron, hint)
    expect_true(
        abs(responses[-1] - value) > 0.1 * abs(value) or responses[-1] >= 0.9 * responses[0],
        f"The response falls in the course of the search, from {responses[0]:.3g} to {responses[-1]:.3g}. Does the blur grow?"
        " Its widths should fall, np.linspace(sigma, .01, steps).",
    )
    expect_true(
        responses[-1] >= 0.9 * max(responses[0], value),
        f"The responses recorded go from {responses[0]:.3g} to {responses[-1]:.3g}, though the model's response to the"
        f" image that came back is {value:.3g}: record the response to the new image after each step.",
    )


@contextlib.contextmanager
def hint_if_raised(hint, *words):
    """Add a hint to the message of an answer that raised an error in whose message one of the words is."""
    try:
        yield
    except CheckFailed as error:
        said = str(error)
        if " raised " not in said or not any(word in said for word in words):
            raise
        raise CheckFailed(f"{said} {hint}") from None


# start_similarity


@check("start_similarity", points=0.2)
def similarity_is_a_correlation(start_similarity, rng):
    """It is 1 for the same image, at another mean and contrast too, −1 for its negative and 0 for images with nothing in common."""
    a, b = noise(rng, (14, 19)), noise(rng, (14, 19))
    b = b - 0.5
    b -= (a - 0.5) * (b * (a - 0.5)).sum() / ((a - 0.5) ** 2).sum()
    pairs = ((a, a, 1), (a, 3 * a + 2, 1), (a, 1 - a, -1), (a, b + 0.5, 0), (a + b, a, None))
    for x, y, expected in pairs:
        if expected is None:
            expected = 1 / np.sqrt(1 + b.var() / a.var())
        expect_similarity(start_similarity(x, y), x, y, expected)


@check("start_similarity", points=0.15)
def similarity_is_one_number(start_similarity, rng):
    """All pixels count: images of any size, square or not, give one number."""
    for shape in ((8, 8), (5, 30)):
        a, b = wave(shape, 1, 2), wave(shape, 2, 1)
        expect_similarity(start_similarity(a + b, a - 3 * b), a + b, a - 3 * b, -2 / np.sqrt(20))


def expect_similarity(value, a, b, expected):
    """Expect the correlation of two images."""
    if isinstance(value, (tuple, list)) and len(value) == 2:
        raise CheckFailed(
            "The similarity should be one number, but two came back. stats.pearsonr returns the correlation and a"
            " p-value: take .statistic."
        )
    hint = "np.corrcoef takes two lists of numbers, the pixels in one row each (np.ravel), and gives a matrix: take [0, 1]."
    dot = (a * b).sum()
    expect_close(
        expect_number(value, "the similarity", hint=hint), expected, "the similarity", rtol=0, atol=1e-4,
        misconceptions={
            "images that were not ravelled went to np.corrcoef, which takes every row of an image for a variable:"
            " np.ravel both first": np.corrcoef(a, b)[0, 1],
            "the images' means were not subtracted": dot / np.sqrt((a * a).sum() * (b * b).sum()),
            "the sign was lost: a negative is not the same image": abs(expected),
            "the correlation was squared": expected**2,
            "this is a covariance: divide it by both standard deviations": np.mean((a - a.mean()) * (b - b.mean())),
            "this is an inner product, not a correlation": dot,
            "this is a difference, not a correlation": np.mean((a - b) ** 2),
        },
        hint="Correlate over all pixels.",
    )  # fmt: skip


# create_gabor


@check("create_gabor", points=0.05)
def half_a_turn_of_the_phase_turns_the_sign(create_gabor):
    """With its phase 180° on, a Gabor is its own negative."""
    shape = (31, 44)
    a, b = (
        read_gabor(create_gabor(shape, phase, 9.0, 30.0, 5.0), shape) for phase in (40.0, 220.0)
    )
    expect_close(
        b, -a, "the Gabor 180° on", rtol=0, atol=1e-6,
        misconceptions={"the phase has no effect": a},
        hint="Phase is in degrees: np.deg2rad.",
    )  # fmt: skip


@check("create_gabor", points=0.1)
def the_envelope_lies_where_it_should(create_gabor):
    """The envelope has height 1 and is as wide as sigma (px) says, dy of the height below the image's centre and dx of the width to its right (within a pixel)."""
    shape = (50, 70)
    for sigma, dy, dx in ((4.0, 0.0, 0.0), (3.0, 0.2, -0.1), (5.0, -0.1, 0.2)):
        parts = quadrature(create_gabor, shape, 8.0, 30.0, sigma, dy, dx)
        expect_envelope(parts, shape, sigma, dy, dx)


@check("create_gabor", points=0.15)
def the_wave_runs_as_the_formula_says(create_gabor):
    """At θ = 0 bars are horizontal; the wave turns by 360° · cos θ/λ from one row to the next and by 360° · sin θ/λ from one column to the next (within 4 %)."""
    for wavelength, theta in ((8.0, 0.0), (10.0, 90.0), (8.0, 30.0), (12.0, 120.0)):
        parts = quadrature(create_gabor, (50, 70), wavelength, theta, 9.0)
        expect_wave(parts, wavelength, theta)


@check("create_gabor", points=0.05)
def nothing_is_subtracted_or_normalised(create_gabor):
    """A narrow Gabor keeps its mean and its height, at any phase: neither is set to a value of its own."""
    shape, sigma, wavelength = (30, 41), 2.5, 20.0
    for first in (0.0, 45.0):
        parts = quadrature(create_gabor, shape, wavelength, 60.0, sigma, first=first)
        expected = 2 * np.pi * sigma**2 * np.exp(-2 * (np.pi * sigma / wavelength) ** 2)
        total = np.abs(parts.sum())
        expect_true(
            total > 1e-3 * expected,
            "The mean of a narrow Gabor is 0 at every phase. It looks as if the mean was subtracted: return the formula's"
            " values as they are.",
        )
        expect_close(
            total, expected, "the sum over the pixels, from two Gabors with phases 90° apart,", rtol=0.02,
            hint="If the envelope passes its own check: return the formula's values as they are, not divided by a maximum or norm.",
        )  # fmt: skip
        expect_close(
            (np.abs(parts) ** 2).sum(), np.pi * sigma**2, "the sum of squares of two Gabors with phases 90° apart",
            rtol=0.02,
            hint="If the envelope passes its own check: return the formula's values as they are, not divided by a maximum or norm.",
        )  # fmt: skip


def read_gabor(value, shape):
    """Read a Gabor as an array of that shape."""
    return expect_array(value, "the Gabor", shape=shape, hint="shape is (H, W): rows, columns.")


def quadrature(create_gabor, shape, wavelength, theta, sigma, dy=0.0, dx=0.0, first=20.0):
    """Two Gabors with phases 90° apart as one complex image: envelope · exp(±i·wave)."""
    at = {"dy": dy, "dx": dx} if dy or dx else {}
    a, b = (
        read_gabor(create_gabor(shape, phase, wavelength, theta, sigma, **at), shape)
        for phase in (first, first + 90)
    )
    return a - 1j * b


def expect_envelope(parts, shape, sigma, dy, dx):
    """Expect where, how wide and how high the envelope is."""
    power = np.abs(parts) ** 2
    expect_true(power.max() > 0, "The Gabor is zero everywhere.")
    y, x = np.indices(shape)
    at = np.array([np.average(z, weights=power) for z in (y, x)])
    middle = (np.array(shape) - 1) / 2
    expected = middle + np.array([dy, dx]) * shape
    said = f"For shape {shape}, dy = {dy:g}, dx = {dx:g} the envelope should be around row {expected[0]:.1f}, column {expected[1]:.1f}, but"
    looks = {
        "dy and dx are swapped: dy goes down and dx goes right": middle + np.array([dx, dy]) * shape,
        "dy goes up: it should go down, as rows do": middle + np.array([-dy, dx]) * shape,
        "dx goes left: it should go right": middle + np.array([dy, -dx]) * shape,
        "dy goes up and dx goes left: the Gabor should move down and right": middle - np.array([dy, dx]) * shape,
        "dy and dx are taken for pixels: they are fractions of height and width": middle + np.array([dy, dx]),
        "dy and dx are fractions of half the image": middle + np.array([dy, dx]) * shape / 2,
        "dy is a fraction of the width": middle + np.array([dy, dx]) * shape[1],
        "dx is a fraction of the height": middle + np.array([dy, dx]) * shape[0],
        "dy and dx are not used": middle,
        "y and x are swapped": (middle + np.array([dy, dx]) * shape)[::-1],
    }  # fmt: skip
    near = [s for s, place in looks.items() if np.abs(at - place).max() < 0.9]
    if power[0, 0] == power.max():
        near = ["the Gabor lies in the corner: y and x are counted from the image's centre"]
    expect_true(
        np.abs(at - expected).max() < 0.9,
        f"{said} it is around row {at[0]:.1f}, column {at[1]:.1f}."
        + (f" It looks as if {near[0]}." if near else ""),
    )
    # Power is the squared envelope: its variance is half of sigma².
    wide = np.array(
        [
            np.sqrt(2 * np.average((z - m) ** 2, weights=power))
            for z, m in zip((y, x), at, strict=True)
        ]
    )
    expect_close(
        wide, np.full(2, sigma), "the width of the envelope down and across", rtol=0.05,
        misconceptions={
            "the exponent is −r²/σ²: it should be −r²/(2σ²)": np.full(2, sigma / np.sqrt(2)),
            "sigma was taken for a variance": np.full(2, np.sqrt(sigma)),
            "sigma was taken for a width at half height": np.full(2, sigma / 2.355),
            "the exponent is −r/(2σ²): r is squared in it": np.full(2, wide.mean()) if wide.mean() > 2 * sigma else [0, 0],
        },
        hint="sigma is the standard deviation of a round Gaussian, in pixels.",
    )  # fmt: skip
    expect_close(
        np.sqrt(power.max()), 1.0, "the height of the envelope", rtol=0.1,
        hint="It is exp(−r²/2σ²), which is 1 in the middle: nothing is normalised, and the wave is a sine between −1 and 1.",
    )  # fmt: skip


def expect_wave(parts, wavelength, theta):
    """Expect how the wave's angle changes from row to row and from column to column."""
    down, across = (turns_per_pixel(parts, axis) for axis in (0, 1))
    found = np.array([down, across])
    found = found * np.sign(found[np.abs(found).argmax()])  # the sign of the phase is free

    def running(angle, wavelength=wavelength):
        x = np.array([np.cos(angle), np.sin(angle)]) / wavelength
        x = x - np.rint(x)  # whole turns cannot be seen
        return x * np.sign(x[np.abs(x).argmax()])

    angle = np.deg2rad(theta)
    expected = running(angle)
    close = 0.04 / wavelength
    if np.abs(found - expected).max() <= close:
        return
    others = {
        "cos θ and sin θ are swapped (or y and x): θ = 0 gives horizontal bars, a wave that runs down": running(np.pi / 2 - angle),
        "the bars turn the other way, as if y pointed up: y counts rows downwards": running(-angle),
        "the bars are at right angles to what they should be: at θ = 0 they are horizontal": running(angle + np.pi / 2),
        "θ was taken for radians: it is in degrees, np.deg2rad": running(theta),
        "2π is missing in the wave": running(angle, 2 * np.pi * wavelength),
        "wavelength was taken for a frequency": running(angle, 1 / wavelength),
        "the wave has half the wavelength": running(angle, wavelength / 2),
        "the wave has twice the wavelength": running(angle, 2 * wavelength),
    }  # fmt: skip
    looks = next((s for s, other in others.items() if np.abs(found - other).max() <= close), "")
    if np.allclose(parts.real, -parts.imag):
        looks = "phase has no effect: two Gabors with phases 90° apart look alike"
    raise CheckFailed(
        f"At wavelength {wavelength:g} and orientation {theta:g}° the wave should turn by {360 * expected[0]:.1f}° from row to row and"
        f" by {360 * expected[1]:.1f}° from column to column, but turns by {360 * found[0]:.1f}° and {360 * found[1]:.1f}°."
        + (f" It looks as if {looks}." if looks else "")
    )


def turns_per_pixel(parts, axis):
    """By which part of a full turn the wave goes on from one pixel to the next."""
    first, then = (np.take(parts, range(i, parts.shape[axis] - 1 + i), axis) for i in (0, 1))
    return np.angle((then * first.conj()).sum()) / (2 * np.pi)


# best_gabor


@check("best_gabor", points=0.15)
def every_gabor_has_that_mean_and_contrast(best_gabor, create_gabor, rng):
    """Whatever is shown has the mean and contrast asked for; the image is the Gabor of `params`, and the response is the one to that image."""
    params = turned(rng, 30.0, 10.0, 60.0, 5.0, 0.1, 0.15)
    found, neuron = planted(best_gabor, create_gabor, params)
    expect_matched(found, create_gabor, neuron, (36, 48), 0.5, 0.2)
    share = found[2] / respond_to(set_to(neuron[0], 0.5, 0.2), neuron)
    expect_true(
        share > 0.4,
        f"The response is {share:.0%} of what the neuron gives to a Gabor of wavelength {params[1]:g} px: is there a search?",
    )


@check("best_gabor", points=0.2)
def a_planted_gabor_is_found(best_gabor, create_gabor, rng):
    """A linear neuron whose filter is a Gabor responds to the one found at least 80 % as strongly as to that filter; 60 s are enough."""
    for mean, contrast, params in (
        (0.5, 0.2, turned(rng, 30.0, 10.0, 60.0, 5.0, 0.1, 0.15)),
        (0.4, 0.1, turned(rng, 200.0, 14.0, 155.0, 6.0, 0.15, 0.1)),
    ):
        found, neuron = planted(best_gabor, create_gabor, params, mean, contrast)
        image = found[1]
        best = respond_to(set_to(neuron[0], mean, contrast), neuron)
        share = respond_to(image, neuron) / best
        if share < PART_OF_GABOR:
            expect_drawn_well(create_gabor)
        expect_true(
            share >= PART_OF_GABOR,
            f"The neuron responds to the Gabor found with {share:.0%} of what its own filter, a Gabor of wavelength {params[1]:g} px, gives at"
            f" the same mean and contrast; at least {PART_OF_GABOR:.0%} is asked for. Are all phases, orientations, wavelengths, sizes and"
            " places tried, and is the largest response kept?",
        )


def turned(rng, phase, wavelength, orientation, sigma, dy, dx):
    """The arguments of a Gabor or of one of its mirror images, which are as easy to find on any grid."""
    up, left, sign = rng.choice([-1.0, 1.0], 3)
    phase = (sign * phase + rng.choice([0.0, 180.0])) % 360
    orientation = rng.choice([orientation, 180 - orientation])
    return phase, wavelength, orientation, sigma, up * dy, left * dx


def planted(best_gabor, create_gabor, params, mean=0.5, contrast=0.2):
    """Search for the best Gabor of a neuron whose filter is one; return what came back, and the filter (1, H, W)."""
    shape = (36, 48)
    filters = read_gabor(create_gabor(shape, *params), shape)[None]
    neuron = fixture("strict_neuron", filters=filters, mean=mean, contrast=contrast)
    return find_gabor(best_gabor, neuron, shape, mean, contrast), filters


def expect_drawn_well(create_gabor):
    """Where a search fails, expect at least the Gabors to be drawn as their own checks ask."""
    try:
        for test in (the_envelope_lies_where_it_should, the_wave_runs_as_the_formula_says):
            test.function(create_gabor)
    except CheckFailed:
        raise CheckFailed(
            "The Gabor found is not good enough, but your create_gabor, with which it is drawn, does not pass its own"
            " checks: mend that first."
        ) from None


def find_gabor(best_gabor, neuron, shape, mean, contrast):
    """Call the answer and read params, image and response."""
    with limit(seconds=60), hint_if_raised(
        "Every Gabor gets exactly this mean and contrast before it is shown; contrast is the population standard"
        " deviation (ddof=0, of a tensor correction=0).", "shown to respond",
    ):  # fmt: skip
        value = best_gabor.once(neuron, shape, mean, contrast)
    params, image, response = expect_results(value, "params", "image", "response")
    expect_type(
        params,
        dict,
        "params",
        hint="Its keys are the arguments of create_gabor: phase, wavelength, …",
    )
    image = expect_array(image, "the image", shape=shape)
    return params, image, expect_number(response, "the response")


def set_to(image, mean, contrast):
    """An image at that mean and population standard deviation."""
    return mean + contrast * (image - image.mean()) / image.std()


def respond_to(image, filters):
    """What `fixtures.strict_neuron` responds to one image."""
    drives = (filters * image).sum(axis=(1, 2))
    return drives[0] if len(drives) == 1 else np.sqrt(np.sum(drives**2))


def expect_matched(found, create_gabor, filters, shape, mean, contrast):
    """Expect image, params and response to belong together, at that mean and contrast."""
    params, image, response = found
    names = {"phase", "wavelength", "orientation", "sigma", "dy", "dx"}
    expect_true(
        set(params) <= names and set(params) >= names - {"dy", "dx"},
        f"params should have the keys phase, wavelength, orientation, sigma, dy and dx, but has {', '.join(map(str, params)) or 'none'}.",
    )
    drawn = read_gabor(create_gabor(shape, **params), shape)
    itself = (
        "the image is the Gabor itself, at its own mean and contrast: return it as it was shown"
    )
    expect_close(
        image.mean(), mean, "the mean of the image", rtol=0, atol=1e-3 * contrast,
        misconceptions={itself: drawn.mean()},
    )  # fmt: skip
    expect_close(
        image.std(), contrast, "the contrast of the image", rtol=1e-4,
        misconceptions={itself: drawn.std()},
        hint="Return the image as it was shown: the Gabor at the mean and contrast asked for.",
    )  # fmt: skip
    off = np.abs(set_to(drawn, mean, contrast) - image).max() / contrast
    expect_true(
        off < 0.05,
        "The image is not the Gabor of params: create_gabor(shape, **params) at this mean and contrast differs from it by up"
        f" to {off:.2f} times the contrast. Keep image and params from the same try.",
    )
    expected = respond_to(image, filters)
    expect_close(
        response, expected, "the response", rtol=1e-3,
        hint="It should be what respond gives for the image returned.",
    )  # fmt: skip


# masked_luminance, masked_contrast


@check("masked_luminance", points=0.15)
def luminance_is_the_mean_inside(masked_luminance, rng):
    """The mean of the pixels where the mask is True, and of no others."""
    for image, mask, mean, _ in masked_images(rng):
        expect_luminance(masked_luminance(image, mask), image, mask, mean)


@check("masked_contrast", points=0.15)
def contrast_is_the_deviation_inside(masked_contrast, rng):
    """The population standard deviation of the pixels where the mask is True."""
    for image, mask, mean, deviation in masked_images(rng):
        expect_contrast(masked_contrast(image, mask), image, mask, mean, deviation)


def masked_images(rng):
    """Images, masks (a disc and a few pixels), and the mean and deviation that were put inside."""
    y, x = np.ogrid[:9, :14]
    few = np.zeros((9, 14), bool)
    few[[0, 3, 4, 8], [13, 2, 9, 0]] = True
    for mask in ((y - 4) ** 2 + (x - 6.5) ** 2 < 14, few):
        mean, deviation = rng.uniform((0.6, 0.1), (0.8, 0.2))
        image = rng.uniform(0.1, 0.4, mask.shape)
        np.place(image, mask, mean + deviation * rng.permutation([1, -1] * (mask.sum() // 2)))
        yield image, mask, mean, deviation


def expect_luminance(value, image, mask, mean):
    """Expect the mean inside a mask."""
    n = mask.sum()
    expect_close(
        expect_number(value, "the luminance"), mean, "the luminance",
        misconceptions={
            "the pixels outside count as zeros: image[mask] takes those inside": (image * mask).mean(),
            "the mean of the whole image was taken": image.mean(),
            "the mean outside the mask was taken": (image.sum() - n * mean) / max(1, mask.size - n),
            "this is the sum, not the mean": n * mean,
        },
    )  # fmt: skip


def expect_contrast(value, image, mask, mean, deviation):
    """Expect the population standard deviation inside a mask."""
    n = mask.sum()
    expect_close(
        expect_number(value, "the contrast"), deviation, "the contrast", atol=1e-9,
        misconceptions={
            "the pixels outside count as zeros: image[mask] takes those inside": (image * mask).std(),
            "the whole image was taken": image.std(),
            "the sum of squares was divided by N − 1 (ddof=1): divide by N": deviation * np.sqrt(n / max(1, n - 1)),
            "the variance was taken, not its square root": deviation**2,
            "the deviation was divided by the mean": deviation / mean,
            "the pixels outside the mask were taken": image[~mask].std() if n < mask.size else np.nan,
        },
    )  # fmt: skip


# symmetry_index


@check("symmetry_index", points=0.1)
def a_grating_has_one_direction(symmetry_index, rng):
    """One wave gives 1 for every n; two equal ones at right angles give 0 for n = 1 and 1 for n = 2, in images that are not square too."""
    shape = (60, 100)
    for k_y, k_x in ((0, 12), (9, 0), (6, 10), (6, -10)):
        for n in (1, 2, 3):
            expect_index(symmetry_index(wave(shape, k_y, k_x), n), 1, "a single wave", n)
    plaid = wave(shape, 6, 10) + wave(shape, 6, -10)  # at right angles where pixels count
    mistakes = {
        "frequencies count in cycles per image: in cycles per pixel, fftfreq, these waves are at right angles": 0.3827,
        "the angles were not doubled: e^{i 2nθ}": np.sqrt(0.5),
    }
    expect_index(symmetry_index(plaid, 1), 0, "two equal waves at right angles", 1, mistakes)
    mistakes = {
        "the angles were not doubled: e^{i 2nθ}": 0,
        "frequencies count in cycles per image: in cycles per pixel, fftfreq, these waves are at right angles": 0.7071,
    }
    expect_index(symmetry_index(plaid, 2), 1, "two equal waves at right angles", 2, mistakes)
    (down, right), (a, b) = rng.integers(3, 9, 2), rng.uniform(0, 6, 2)
    shape = (rng.integers(40, 80),) * 2
    first, second = wave(shape, down, right, a), wave(shape, right, -down, b)
    for n, image, expected, which in (
        (1, 3 * first, 1, "a single wave"),
        (1, first + second, 0, "two equal waves at right angles"),
        (2, first + second, 1, "two equal waves at right angles"),
    ):
        expect_index(symmetry_index(image, n), expected, which, n)


@check("symmetry_index", points=0.05)
def bins_are_centred_and_as_wide_as_asked(symmetry_index, rng):
    """Waves at 5° and at 175° lie in one bin, the first: it reaches half a bin to either side of 0. So do those at 10° and 170° with bins of π/8."""
    floor = (
        "θ / bin_size was rounded down: bins are centred on multiples of bin_size, so round it to the nearest whole"
        " number"
    )  # fmt: skip
    fixed = "there are always 16 bins: bin_size says how wide they are"
    for k_x, which, looks, off, bins in (
        (22, "two waves at 5° and 175° in bins of π/16", floor, 3 * np.pi / 16, {}),
        (11, "two waves at 10° and 170° in bins of π/8", fixed, 3 * np.pi / 8, {"bin_size": np.pi / 8}),
    ):  # fmt: skip
        shape, (a, b) = (rng.integers(50, 80),) * 2, rng.uniform(0, 6, 2)
        image = wave(shape, 2, k_x, a) + wave(shape, -2, k_x, b)
        expect_index(symmetry_index(image, 3, **bins), 1, which, 3, {looks: np.cos(off)})


@check("symmetry_index", points=0.05)
def power_is_the_squared_amplitude(symmetry_index, rng):
    """Of two waves at right angles, one three times as high as the other, SI₁ is (9 − 1)/(9 + 1)."""
    plaid = 3 * wave((64, 64), 0, 10) + wave((64, 64), 10, 0)
    mistakes = {
        "amplitudes were added up: power is the squared size of the transform": 0.5,
        "the power was squared": 80 / 82,
    }
    expect_index(
        symmetry_index(plaid, 1), 0.8, "two waves at right angles, one 3 times as high", 1, mistakes
    )
    high, size = rng.uniform(1.5, 2.5), rng.integers(40, 60)
    plaid = wave((size, 64), 0, 10) + high * wave((size, 64), 10, 0)
    which = f"two waves at right angles, one {high:.2f} times as high"
    expect_index(symmetry_index(plaid, 1), (high**2 - 1) / (high**2 + 1), which, 1)


@check("symmetry_index", points=0.1)
def mean_luminance_is_no_direction(symmetry_index):
    """A constant added to an image changes nothing: zero frequency is left out."""
    image = wave((60, 60), 6, 0) + wave((60, 60), 0, 6)
    mistakes = {
        "the mean luminance counts as a direction: subtract the mean, or leave out zero frequency": 1.0
    }
    for level in (0.0, 5.0, 200.0):
        expect_index(
            symmetry_index(image + level, 1), 0, f"two equal waves at right angles plus {level:g}", 1, mistakes
        )  # fmt: skip
        single = wave((54, 70), 6, 0) + level
        expect_index(symmetry_index(single, 1), 1, f"a single wave plus {level:g}", 1)


@check("symmetry_index", points=0.05)
def a_point_has_no_direction(symmetry_index):
    """A single bright pixel has the same power at every frequency: with the mean power in each bin, not the sum, all indices are 0. A bright line has one direction."""
    point = np.zeros((60, 96))
    point[22, 41] = 1
    for n in (1, 2, 3):
        mistakes = {
            "power was summed in each bin: oblique bins hold more frequencies, so take the mean": (
                0.0,
                0.142,
                0.0,
            )[n - 1],
        }
        expect_index(symmetry_index(point, n), 0, "a single bright pixel", n, mistakes)
    line = np.zeros((60, 96))
    line[22] = 1
    expect_index(symmetry_index(line, 1), 1, "a bright line", 1)


def expect_index(value, expected, image, n, mistakes=None):
    """Expect a symmetry index within .05."""
    what = f"SI of {image} (n = {n})"
    found = expect_number(
        value,
        what,
        hint="Is something divided by the number of frequencies in an empty bin, or by 0?",
    )
    expect_close(
        found, expected, what, rtol=0, atol=NEAR_INDEX, misconceptions=mistakes,
        hint="It is |Σ P e^{i2nθ}| / Σ P over the bins: one real number from 0 to 1.",
    )  # fmt: skip


# compare_on_truth


@check("compare_on_truth", points=0.2)
def each_neuron_sees_its_own_two_images(compare_on_truth, rng):
    """r_mei and r_gabor hold each neuron's response to its own MEI and to its own Gabor."""
    respond, meis, gabors, *expected, _ = population(rng, 6, 4)
    expect_own_responses(compare_on_truth(respond, meis, gabors), *expected)


@check("compare_on_truth", points=0.1)
def wins_are_counted(compare_on_truth, rng):
    """n_wins says for how many neurons the MEI's response is the larger one: all, none, or some."""
    for n, wins in ((5, 5), (4, 0), (7, 2), (1, 1)):
        respond, meis, gabors, R, _, wins = population(rng, n, wins)
        expect_wins(compare_on_truth(respond, meis, gabors), R, wins)


def population(rng, n, wins):
    """Neurons that look at a pixel each, and images (n, H, W) for which so many of them prefer the MEI.

    Also all responses (n, n) to MEIs and to Gabors, of each neuron those to its own two, and the wins.
    """
    filters = np.zeros((n, 8, 11))
    r_gabor = rng.uniform(2, 5, n)
    r_mei = r_gabor + rng.permutation(np.repeat([1.0, -1.0], [wins, n - wins]))
    meis, gabors = rng.uniform(0, 6, (2, n, 8, 11))
    for i in range(n):
        filters[i, i, 3] = 1
        meis[i, i, 3], gabors[i, i, 3] = r_mei[i], r_gabor[i]
    R = [np.tensordot(x, filters, axes=([1, 2], [1, 2])) for x in (meis, gabors)]
    return fixture("linear_neurons", filters=filters), meis, gabors, R, (r_mei, r_gabor), wins


def expect_own_responses(value, R, own):
    """Expect each neuron's responses to its own images, of all responses R."""
    found = expect_results(value, "r_mei", "r_gabor", "n_wins")
    n = len(R[0])
    hint = (
        f"respond gives every neuron's response to every image, {(n, n)}: neuron i's to its own image stands"
        " in row i, column i."
    )
    for name, value, r, mine, other in zip(
        ("r_mei", "r_gabor"), found, R, own, own[::-1], strict=False
    ):
        value = expect_array(value, name, shape=(n,), hint=hint)
        expect_close(
            value, mine, name, rtol=1e-6, atol=1e-9,
            misconceptions={
                "MEIs and Gabors are swapped": other,
                "these are means over all images": r.mean(axis=0),
                "these are means over all neurons": r.mean(axis=1),
                "these are each neuron's largest responses, to whatever image": r.max(axis=0),
                "these are the largest responses to each image, of whatever neuron": r.max(axis=1),
                "these are all responses of the first neuron": r[:, 0],
                "these are all responses to the first image": r[0],
            },
            hint=hint,
        )  # fmt: skip


def expect_wins(value, R, wins):
    """Expect the number of wins; R are all responses, to MEIs and to Gabors."""
    found, n = expect_results(value, "r_mei", "r_gabor", "n_wins"), len(R[0])
    expect_close(
        expect_number(found[2], "n_wins"), wins, "n_wins", rtol=0, atol=1e-9,
        misconceptions={
            "this is a share: count the neurons": wins / n,
            "the Gabor's wins were counted": n - wins,
            "all responses of all neurons were compared, not each neuron's own two": int((R[0] > R[1]).sum()),
        },
        hint="For how many neurons is r_mei > r_gabor?",
    )  # fmt: skip
