"""Hidden checks of lab 06, MEI: what does this neuron want to see?"""

import numpy as np

from helpers import mei
from helpers.checks import check, expect_close, expect_true, fixture
from helpers.checks.mei import (
    PART_OF_GABOR,
    drive,
    expect_chosen,
    expect_constraint,
    expect_contrast,
    expect_envelope,
    expect_index,
    expect_last_response,
    expect_luminance,
    expect_matched,
    expect_oracle,
    expect_own_responses,
    expect_similarity,
    expect_wave,
    expect_wins,
    find_gabor,
    noise,
    quadrature,
    read_smooth,
    respond_to,
    search,
    session,
    set_to,
    the_torch,
)
from helpers.simulate import simulate_neurons

# oracle_correlation


@check("oracle_correlation", points=0.35)
def the_oracle_of_spike_counts(oracle_correlation, rng):
    """Poisson counts of six neurons, of which a third of the trials is missing: within .03."""
    rates = rng.gamma(2.0, rng.uniform(0.5, 3, 6), (500, 6))
    counts = rng.poisson(rates[:, None], (500, 9, 6)).astype(float)
    counts[rng.random(counts.shape) < 0.33] = np.nan
    shown = counts.copy()
    shown[:40, 1:, 2] = np.nan  # one trial at most
    expect_oracle(oracle_correlation(shown), mei.oracle_correlation(shown))


@check("oracle_correlation", points=0.25)
def noisy_neurons_have_small_oracles(oracle_correlation, rng):
    """Little signal and much noise, in arrays of other sizes; the size of the responses does not matter."""
    for n_images, r in ((300, 12), (600, 3)):
        sizes = np.array([1e-3, 1.0, 300.0])
        parts = [session(rng, n_images, r, 0.3 * a**2, 2 * a**2, 5 * a) for a in sizes]
        expected = np.full(3, 0.3 / np.sqrt(2.3 * (0.3 + 2 / (r - 1))))
        mistakes = {
            "the trial itself is in the mean it is compared with: leave it out": np.full(
                3, np.sqrt((0.3 + 2 / r) / 2.3)
            )
        }
        expect_oracle(oracle_correlation(np.stack(parts, axis=2)), expected, mistakes)


# select_neurons


@check("select_neurons", points=0.2)
def random_populations_are_selected_from(select_neurons, rng):
    """Sixty neurons and other quantiles, with oracles of any sign and variances of any size."""
    for quantiles in ((), (0.3, 0.8), (0.9, 0.1)):
        oracle, variance = rng.uniform(-0.2, 0.9, 58), rng.gamma(1.0, 20.0, 58)
        oracle[rng.permutation(58)[:3]] = np.nan
        expected = mei.select_neurons(oracle, variance, *quantiles)
        expect_chosen(select_neurons(oracle, variance, *quantiles), expected, {}, oracle)


@check("select_neurons", points=0.1)
def lists_of_two_neurons_are_enough(select_neurons, rng):
    """Of two neurons the better one is chosen."""
    oracle, variance = (np.sort(rng.uniform(low, 5 * low, 2)) for low in (0.1, 1.0))
    expect_chosen(select_neurons(oracle, variance), [1], {}, oracle)
    expect_chosen(select_neurons(oracle[::-1], variance[::-1]), [0], {}, oracle)


# smooth_gradient


@check("smooth_gradient", points=0.4)
def random_gradients_are_smoothed_as_asked(smooth_gradient, rng):
    """Odd and even sizes, several factors: all frequencies at once, up to one positive factor."""
    for shape, factor in (((15, 22), 0.25), ((24, 17), 0.5), ((60, 96), 0.2), ((8, 8), 0.0)):
        grad = rng.normal(size=shape)
        expect_smooth(smooth_gradient(grad, factor), mei.smooth_gradient(grad, factor), factor)


@check("smooth_gradient", points=0.2)
def tensors_are_smoothed_as_asked(smooth_gradient, rng):
    """The same for tensors, single precision; the tensor passed stays as it is."""
    torch = the_torch()
    for shape, factor in (((16, 21), 0.4), ((60, 96), 0.25)):
        grad = rng.normal(size=shape)
        found = smooth_gradient(torch.as_tensor(grad, dtype=torch.float32), factor)
        expect_true(isinstance(found, torch.Tensor), "For a tensor no tensor came back.")
        expect_smooth(found, mei.smooth_gradient(grad, factor), factor)


def expect_smooth(value, expected, factor):
    """Expect a smoothed gradient, but for one positive factor."""
    found = read_smooth(value, expected.shape)
    size = (found * expected).sum() / (expected * expected).sum()
    expect_true(
        size > 0,
        "The smoothed gradient points the other way than it should: is the mask positive everywhere?",
    )
    expect_close(
        found / size, expected, f"the smoothed gradient (factor {factor:g}), but for a positive factor", rtol=0,
        atol=2e-3 * np.abs(expected).max(),
        hint="The mask is radius^(−factor), with the radius of signed frequencies, fftfreq(n)·n in both axes, and 1 at"
        " zero frequency.",
    )  # fmt: skip


# generate_mei


@check("generate_mei", points=0.3)
def simulated_simple_cells_get_what_they_like(generate_mei, rng):
    """Fresh simulated simple cells in full size: at least 85 % of the largest response, from noise and from black."""
    cells = simulate_neurons(int(rng.integers(1, 10**6)), 24)
    chosen = np.flatnonzero(cells.kinds == "simple")[:3]
    filters = np.stack([cells.filter(i) for i in chosen])[:, None]
    filters /= np.linalg.norm(filters, axis=(2, 3), keepdims=True)
    for neuron, start in ((1, noise(rng, cells.shape)), (2, np.zeros(cells.shape))):
        image, responses, contrasts = search(generate_mei, filters, neuron, start, steps=50)
        expect_constraint(image, responses, contrasts, 0.5, 0.2)
        expect_last_response(image, responses, filters, neuron)
        best = 0.2 / np.sqrt(0.04 + 1e-5) * np.sqrt(image.size)
        expect_near_best(drive(image, filters, neuron), best, "simple")


@check("generate_mei", points=0.25)
def simulated_complex_cells_get_what_they_like(generate_mei, rng):
    """Fresh simulated complex cells, whose gradient changes with the image: at least 70 % of the largest response."""
    cells = simulate_neurons(int(rng.integers(1, 10**6)), 24)
    chosen = np.flatnonzero(cells.kinds == "complex")[:2]
    parts = [cells.filter(i) for i in chosen]
    filters = np.stack([[h.real - h.real.mean(), h.imag - h.imag.mean()] for h in parts])
    filters /= np.linalg.norm(filters, axis=(2, 3), keepdims=True)
    start = noise(rng, cells.shape)
    image, responses, contrasts = search(generate_mei, filters, 1, start, power=2, steps=60)
    expect_constraint(image, responses, contrasts, 0.5, 0.2)
    gram = np.einsum("phw,qhw->pq", filters[1], filters[1])
    best = 0.04 / (0.04 + 1e-5) * image.size * np.linalg.eigvalsh(gram)[-1]
    expect_near_best(drive(image, filters, 1, power=2), best, "complex", 0.7)


@check("generate_mei", points=0.15)
def any_mean_and_contrast_can_be_asked_for(generate_mei, rng):
    """Low and high contrasts, dark and bright, in images of odd sizes: exactly as asked for, from any start."""
    F = noise(rng, (17, 23))[None, None] - 0.5
    for mean, contrast, level in ((0.2, 0.02, 7.0), (0.8, 0.6, -1.0)):
        start = level + 30 * noise(rng, (17, 23))
        found = search(generate_mei, F, 0, start, steps=12, mean=mean, contrast=contrast, sigma=1.0)
        expect_constraint(*found, mean, contrast)


@check("generate_mei", points=0.1)
def small_steps_stay_near_the_start(generate_mei, rng):
    """With a tiny step size and hardly any blur the image remains the start, at the mean and contrast asked for."""
    start = 3 + 2 * noise(rng, (18, 25))
    F = noise(rng, (18, 25))[None, None] - 0.5
    image = search(generate_mei, F, 0, start, steps=3, sigma=0.01, step_size=1e-3)[0]
    alike = np.corrcoef(image.ravel(), start.ravel())[0, 1]
    expect_true(
        alike > 0.99,
        f"After three steps of step_size = .001 with a blur of .01 px the image should still be the start, but"
        f" correlates with it by {alike:.2f}. Are image0, step_size and sigma used?",
    )


def expect_near_best(found, best, kind, part=0.85):
    """Expect a response to reach part of the largest one."""
    expect_true(
        found >= part * best,
        f"A simulated {kind} cell responds to the image found with {found / best:.0%} of the largest response at"
        f" that contrast; at least {part:.0%} is asked for. Is the gradient of the response at the present image"
        " taken anew in each step, and does the blur get narrow?",
    )


# start_similarity


@check("start_similarity", points=0.15)
def random_images_are_compared(start_similarity, rng):
    """Images of any mean and contrast, also large and dark ones."""
    for size, level in ((1.0, 0.0), (50.0, 300.0), (1e-3, 0.1)):
        a, b = rng.normal(size=(2, 21, 16))
        a, b = level + size * (a + 0.7 * b), 2 * level + size * b
        expect_similarity(start_similarity(a, b), a, b, mei.start_similarity(a, b))


# create_gabor


@check("create_gabor", points=0.15)
def random_gabors_are_drawn_as_asked(create_gabor, rng):
    """Random places, sizes, wavelengths and directions, in images of other sizes."""
    for shape in ((60, 96), (71, 50)):
        for _ in range(4):
            wavelength, theta, sigma = rng.uniform((6, 0, 3), (15, 180, 6))
            dy, dx = rng.uniform(-0.15, 0.15, 2)
            parts = quadrature(create_gabor, shape, wavelength, theta, sigma, dy, dx)
            expect_envelope(parts, shape, sigma, dy, dx)
            expect_wave(parts, wavelength, theta)


# best_gabor


@check("best_gabor", points=0.15)
def the_gabor_of_a_complex_cell_is_found(best_gabor, create_gabor, rng):
    """A complex cell has the same response to all phases: at least 80 % of that to the Gabor it was made of."""
    shape = (36, 48)
    theta, dy, dx = rng.uniform((0, -0.15, -0.15), (180, 0.15, 0.15))
    params = dict(wavelength=11.0, orientation=theta, sigma=4.5, dy=dy, dx=dx)
    filters = np.stack([mei.create_gabor(shape, phase, **params) for phase in (0.0, 90.0)])
    neuron = fixture("strict_neuron", filters=filters, mean=0.6, contrast=0.15)
    found = find_gabor(best_gabor, neuron, shape, 0.6, 0.15)
    expect_matched(found, create_gabor, filters, shape, 0.6, 0.15)
    best = max(respond_to(set_to(filter, 0.6, 0.15), filters) for filter in filters)
    share = respond_to(found[1], filters) / best
    expect_true(
        share >= PART_OF_GABOR,
        f"A complex cell responds to the Gabor found with {share:.0%} of what it gives to the one it is made of; at"
        f" least {PART_OF_GABOR:.0%} is asked for.",
    )


# masked_luminance, masked_contrast


@check("masked_luminance", points=0.1)
def luminance_inside_random_masks(masked_luminance, rng):
    """Random images and masks, one of a single pixel."""
    for image, mask in random_masks(rng):
        expect_luminance(masked_luminance(image, mask), image, mask, image[mask].mean())


@check("masked_contrast", points=0.1)
def contrast_inside_random_masks(masked_contrast, rng):
    """Random images and masks, one of a single pixel: its contrast is 0."""
    for image, mask in random_masks(rng):
        mean, deviation = image[mask].mean(), image[mask].std()
        expect_contrast(masked_contrast(image, mask), image, mask, mean, deviation)


def random_masks(rng):
    """Images and masks of other sizes."""
    single = np.zeros((7, 5), bool)
    single[6, 1] = True
    masks = (rng.random((20, 31)) < 0.3, np.ones((6, 8), bool), single)
    return [(rng.normal(0.5, 0.3, mask.shape), mask) for mask in masks]


# symmetry_index


@check("symmetry_index", points=0.15)
def mixtures_of_waves_and_noise_have_their_index(symmetry_index, rng):
    """Random mixtures in images of other sizes, also with wider bins: within .05."""
    for shape, bins in (((60, 96), {}), ((51, 40), {}), ((48, 64), {"bin_size": np.pi / 8})):
        y, x = np.indices(shape)
        image = 0.5 + 0.3 * rng.normal(size=shape)
        for _ in range(3):
            f_y, f_x = rng.uniform(-0.2, 0.2, 2)
            image += 0.5 * np.cos(2 * np.pi * (f_y * y + f_x * x))
        for n in (1, 2):
            found = symmetry_index(image, n, **bins)
            expect_index(found, mei.symmetry_index(image, n, **bins), "a mixture of waves and noise", n)  # fmt: skip


# compare_on_truth


@check("compare_on_truth", points=0.1)
def a_simulated_population_sees_its_images(compare_on_truth, rng):
    """Linear neurons with the filters of fresh simulated cells; each sees its own two images."""
    *asked, R, own = simulated_population(rng)
    expect_own_responses(compare_on_truth.once(*asked), R, own)


@check("compare_on_truth", points=0.1)
def the_wins_of_a_simulated_population_are_counted(compare_on_truth, rng):
    """For how many of them the MEI's response is the larger one."""
    *asked, R, own = simulated_population(rng)
    expect_wins(compare_on_truth.once(*asked), R, int(np.sum(own[0] > own[1])))


def simulated_population(rng):
    """respond, meis and gabors of simulated cells, all responses R, and each neuron's to its own images."""
    cells = simulate_neurons(int(rng.integers(1, 10**6)), 12)
    tuned = [i for i, kind in enumerate(cells.kinds) if kind in ("simple", "centre-surround")]
    filters = np.stack([cells.filter(i) for i in tuned])
    meis, gabors = rng.normal(0.5, 0.2, (2, *filters.shape))
    R = [np.tensordot(x, filters, axes=([1, 2], [1, 2])) for x in (meis, gabors)]
    respond = fixture("linear_neurons", filters=filters)
    return respond, meis, gabors, R, [np.diagonal(r) for r in R]
