"""What a neuron wants to see: its most exciting image (MEI), and the best Gabor beside it.

Gradient ascent on the response r(x) of a model, for all neurons and start images in one batch. A
step with gradient g = ∂r/∂x, smoothed by S_γ (power of the radius in Fourier space), is

    x ← Π [ B_σ (x + η S_γ g / mean|S_γ g|) ],

where the blur B_σ falls linearly from σ to .01 px and Π sets mean and contrast (population standard
deviation) exactly: contrast is a constraint of the search, not a penalty. The smoothing mask is even
in both frequencies, so that S_γ g of a real g is real. Where a gradient vanishes altogether (an
energy neuron that looks at a grey screen) a fixed noise image takes its place.

A model takes images (n, 1, H, W) and gives responses (n, n_neurons), as torch tensors. If it has a
method `only(neurons)`, that gives a faster function in which image i is seen by
`neurons[i]` alone. Images are (H, W) with y down and x right. Only the search for MEIs needs torch.
Arguments that cannot be used raise a ValueError that says why.

Sources: Walker et al. 2019, Nat Neurosci 22:2060 (MEIs, oracle, Gabors); Bashivan, Kar and DiCarlo
2019, Science 364:eaav9436; Mordvintsev et al. 2017, Distill e7 (smoothing gradients in Fourier space).
"""

import sys
from contextlib import contextmanager
from functools import cache
from itertools import product

import numpy as np

LAST_BLUR = 0.01  # px
BLOCK = 512  # Gabors shown at a time

# The grid of the Gabor search; positions are fractions of height and width from the centre.
PHASES = (0.0, 90.0, 180.0, 270.0)  # degrees
WAVELENGTHS = (5.0, 7.5, 11.0, 16.0, 24.0)  # px
ORIENTATIONS = tuple(22.5 * np.arange(8))  # degrees
SIZES = (2.0, 3.0, 4.5, 7.0, 10.0)  # px
PLACES_Y = tuple(np.linspace(-0.3, 0.3, 5).tolist())
PLACES_X = tuple(np.linspace(-0.36, 0.36, 9).tolist())
# Refinement: standard deviations of the first round's changes, in the units of NAMES.
NAMES = ("phase", "wavelength", "orientation", "sigma", "dy", "dx")
NEARBY = (30.0, 0.2, 10.0, 0.2, 0.05, 0.03)  # of the logarithm of wavelength and sigma
LENGTHS, PLACES, SHORTEST = [1, 3], [4, 5], (2.0, 1.0)  # px
ROUNDS, TRIES = 24, 16


# ---- which neurons


def oracle_correlation(responses):
    """Correlate each trial with the mean of the other trials of its image, over all trials.

    It says how much of a neuron's response the image decides: an ideal model that knows the mean of
    r − 1 other trials. With variance σs² of the expected response over images and σn² over trials
    its expectation is σs² / √((σs² + σn²)(σs² + σn² / (r − 1))).

    Parameters
    ----------
    responses : (n_images, n_trials, n_neurons) array
        NaN where a trial is missing. An image with fewer than two trials of a neuron is left out.

    Returns
    -------
    (n_neurons,) array
        NaN for a neuron without two such trials, or that always responds alike.
    """
    trials, others, valid = _leave_one_out(responses)
    return _correlation(_sums(trials, others, valid).sum(axis=1))


def relative_to_oracle(predicted, responses, n_resamples=1000, random_seed=0):
    """Compare a model's predictions with single trials, as the oracle's: what share does it reach?

    The share is the slope through the origin of the model's correlations over the oracle's, neuron
    by neuron, Σ ρ_model ρ_oracle / Σ ρ_oracle². Its error comes from drawing images anew (bootstrap).

    Parameters
    ----------
    predicted : (n_images, n_neurons) array
    responses : (n_images, n_trials, n_neurons) array
        NaN where a trial is missing.
    n_resamples, random_seed : int

    Returns
    -------
    share : float
    low, high : float
        95 % of the resampled shares lie between them.
    correlations : (n_neurons,) array
        Of the predictions with single trials.
    """
    trials, others, valid = _leave_one_out(responses)
    predicted = np.where(valid, np.asarray(predicted, dtype=float)[:, None], 0)
    model, oracle = _sums(trials, predicted, valid), _sums(trials, others, valid)
    rng, n_images = np.random.default_rng(random_seed), len(trials)
    weights = rng.multinomial(n_images, np.full(n_images, 1 / n_images), n_resamples)
    weights = np.vstack([np.ones(n_images, int), weights])
    rho, rho_oracle = (
        _correlation(np.tensordot(sums, weights, axes=(1, 1)).transpose(0, 2, 1))
        for sums in (model, oracle)
    )
    use = np.isfinite(rho) & np.isfinite(rho_oracle)
    top, bottom = np.where(use, rho * rho_oracle, 0), np.where(use, rho_oracle**2, 0)
    shares = top.sum(axis=1) / bottom.sum(axis=1)
    low, high = np.quantile(shares[1:], (0.025, 0.975))
    return float(shares[0]), float(low), float(high), rho[0]


def _leave_one_out(responses):
    """Return trials, the means of the other trials, and which count; zero where they do not."""
    r = np.asarray(responses, dtype=float)
    if r.ndim != 3:
        raise ValueError(f"responses must be (n_images, n_trials, n_neurons), but is {r.shape}.")
    valid = np.isfinite(r)
    n = valid.sum(axis=1, keepdims=True)
    valid &= n > 1
    # A constant taken away changes no correlation, and saves digits.
    r = np.where(valid, r, 0)
    r = np.where(valid, r - r.sum(axis=(0, 1)) / np.maximum(valid.sum(axis=(0, 1)), 1), 0)
    return r, np.where(valid, (r.sum(axis=1, keepdims=True) - r) / np.maximum(n - 1, 1), 0), valid


def _sums(a, b, valid):
    """What a correlation needs: sums over trials of 1, a, b, a², b², ab, (6, n_images, n_neurons)."""
    return np.stack([part.sum(axis=1) for part in (valid, a, b, a * a, b * b, a * b)])


def _correlation(sums):
    """Pearson's correlation from such sums; NaN where one side is constant but for rounding."""
    n, a, b, aa, bb, ab = sums
    n = np.maximum(n, 1)
    var_a, var_b = aa / n - (a / n) ** 2, bb / n - (b / n) ** 2
    varies = (var_a > 1e-24 * (1 + aa / n)) & (var_b > 1e-24 * (1 + bb / n))
    power = np.where(varies, var_a * var_b, 1)
    return np.where(varies, (ab / n - a * b / n**2) / np.sqrt(power), np.nan)


def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    """Return the ascending indices of neurons above both quantiles; NaN is above nothing.

    oracle and variance are (n_neurons,).
    """
    oracle, variance = np.asarray(oracle, dtype=float), np.asarray(variance, dtype=float)
    if oracle.shape != variance.shape or oracle.ndim != 1:
        raise ValueError(
            "oracle and variance must be one number per neuron each, but are"
            f" {oracle.shape} and {variance.shape}."
        )
    reliable = oracle > np.nanquantile(oracle, oracle_quantile)
    return np.flatnonzero(reliable & (variance > np.nanquantile(variance, variance_quantile)))


# ---- the search for the most exciting image


def smooth_gradient(grad, factor=0.25):
    """Multiply the spectrum of a gradient by radius^(−factor), the mean of the mask being one.

    Parameters
    ----------
    grad : (..., H, W) array or tensor
    factor : float
        0 changes nothing. The radius is √(f_y² + f_x²) in cycles per image; at zero frequency 1.

    Returns
    -------
    Array or tensor like grad
    """
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(grad, torch.Tensor):
        mask = torch.as_tensor(_half_mask(*grad.shape[-2:], factor)).to(grad)
        return torch.fft.irfft2(torch.fft.rfft2(grad) * mask, s=grad.shape[-2:])
    grad = np.asarray(grad)
    mask = _half_mask(*grad.shape[-2:], factor)
    smooth = np.fft.irfft2(np.fft.rfft2(grad) * mask, s=grad.shape[-2:])
    return smooth.astype(np.result_type(grad.dtype, np.float32), copy=False)


@cache
def _half_mask(height, width, factor):
    """The smoothing mask for the frequencies that `rfft2` gives: the others mirror them."""
    f_y, f_x = np.fft.fftfreq(height) * height, np.fft.fftfreq(width) * width
    mask = np.maximum(1, f_y[:, None] ** 2 + f_x**2) ** (-factor / 2)
    return (mask / mask.mean())[:, : width // 2 + 1]


def generate_mei(
    model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0, **search
):
    """Find the most exciting image of one neuron by gradient ascent from image0 (H, W).

    Parameters and what goes on are those of `generate_meis`.

    Returns
    -------
    image : (H, W) array
    responses, contrasts : (steps,) arrays
        After each step, mean and contrast being set.
    """
    start = np.asarray(image0, dtype=float)[None]
    arguments = steps, sigma, mean, contrast, step_size
    images, *traces = generate_meis(model, [neuron], start, *arguments, **search)
    return images[0, 0], *(trace[0, 0] for trace in traces)


def generate_meis(
    model,
    neurons,
    images0,
    steps=300,
    sigma=3.0,
    mean=0.5,
    contrast=0.2,
    step_size=1.0,
    factor=0.25,
    mask=None,
    progress=None,
):
    """Find the most exciting images of several neurons, each from several starts, in one batch.

    Parameters
    ----------
    model : callable or torch module
        It is asked in evaluation mode, so that batch normalisation treats images one by one. The
        search runs on the model's device and in its precision.
    neurons : sequence of int
    images0 : (n_starts, H, W) array
        A constant image is a start like any other.
    steps : int
    sigma : float
        px, width of the blur at the first step.
    mean, contrast : float
        Mean and population standard deviation of the pixels; nothing is clipped.
    step_size : float
        Mean change of a pixel in a step, before mean and contrast are set.
    factor : float
        Of `smooth_gradient`.
    mask : (H, W) bool array, optional
        Mean and contrast then hold inside; outside the image is constant at the mean.
    progress : callable, optional
        progress(done, total) is called after each step.

    Returns
    -------
    images : (n_neurons, n_starts, H, W) array
    responses, contrasts : (n_neurons, n_starts, steps) arrays
        After each step, mean and contrast being set.
    """
    torch = _torch()
    neurons, images0 = np.atleast_1d(neurons), np.asarray(images0, dtype=float)
    if images0.ndim != 3 or not np.isfinite(images0).all():
        raise ValueError(f"The start images must be finite and (n, H, W), but are {images0.shape}.")
    if steps < 1 or not contrast > 0:
        raise ValueError(f"steps = {steps} and contrast = {contrast} must both be positive.")
    like = next(iter(model.parameters()), None) if isinstance(model, torch.nn.Module) else None
    like = torch.zeros(1) if like is None else like.detach()
    x = like.new_tensor(images0).repeat(len(neurons), 1, 1)
    owners = np.repeat(neurons, len(images0))
    inside = np.ones(x.shape[1:]) if mask is None else np.asarray(mask, dtype=bool)
    project = _Projection(mean, contrast, like.new_tensor(inside))
    noise = like.new_tensor(np.random.default_rng(0).standard_normal(x.shape[1:]))
    blur = _Blur(like, *x.shape[1:])
    widths = np.linspace(sigma, LAST_BLUR, steps)
    responses, contrasts = like.new_empty((2, steps, len(x)))
    tell = progress or (lambda done, total: None)
    with _evaluating(model):
        respond = _own_response(model, owners)
        _, g = _ascent(respond, x)
        for t, width in enumerate(widths):
            g = smooth_gradient(g, factor)
            size = g.abs().mean(dim=(1, 2), keepdim=True)
            g = torch.where(size > 0, g / size, noise)
            x, contrasts[t] = project(blur(x + step_size * g, width))
            responses[t], g = _ascent(respond, x)
            tell(t + 1, steps)
    if not bool(torch.isfinite(responses).all()):
        raise ValueError("The model's response is not finite for an image that the search made.")
    shape = len(neurons), len(images0)
    traces = (trace.T.reshape(*shape, steps) for trace in (responses, contrasts))
    return tuple(out.cpu().numpy() for out in (x.reshape(*shape, *x.shape[1:]), *traces))


def _torch():
    from helpers.encoding import torch  # says how to install it where it is missing

    return torch


@contextmanager
def _evaluating(model):
    """Put a module into evaluation mode for a while."""
    was_training = getattr(model, "training", False)
    if was_training:
        model.eval()
    try:
        yield
    finally:
        if was_training:
            model.train()


def _own_response(model, owners):
    """Return a function from images (n, 1, H, W) to (n,): image i as neuron owners[i] sees it."""
    if hasattr(model, "only"):
        return model.only(owners)
    rows = np.arange(len(owners))
    return lambda images: model(images)[rows, owners]


def _ascent(respond, x):
    """Return responses (n,) to images (n, H, W) and their gradients; weights get none."""
    torch = _torch()
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        r = respond(x[:, None])
        if not r.requires_grad:
            raise ValueError("The response does not depend on the image by way of torch.")
        return r.detach(), torch.autograd.grad(r.sum(), x)[0]


class _Projection:
    """Set mean and contrast of images (n, H, W) exactly; return them and their contrasts (n,)."""

    def __init__(self, mean, contrast, mask):
        self.mean, self.contrast, self.mask = mean, contrast, mask

    def __call__(self, x):
        x = self._centred(x)
        x = self._centred(x * (self.contrast / self._deviation(x))) + self.mean
        return x, self._deviation(self._centred(x))[:, 0, 0]

    def _centred(self, x):
        return (x - (x * self.mask).sum(dim=(1, 2), keepdim=True) / self.mask.sum()) * self.mask

    def _deviation(self, centred):
        return ((centred**2).sum(dim=(1, 2), keepdim=True) / self.mask.sum()).sqrt()


class _Blur:
    """Gaussian blur of images (n, H, W) as two matrix products; edges reflect, as in scipy."""

    def __init__(self, like, height, width):
        self.like = like
        self.distances = [_mirrored_distances(n, like) for n in (height, width)]

    def __call__(self, x, sigma):
        reach = int(4 * sigma + 0.5)
        if reach == 0:
            return x
        rows, columns = (self._matrix(d, sigma, reach) for d in self.distances)
        return rows @ x @ columns.T

    def _matrix(self, distances, sigma, reach):
        kernel = np.zeros(2 * distances.shape[-1])
        kernel[: reach + 1] = np.exp(-0.5 * (np.arange(reach + 1) / sigma) ** 2)
        kernel /= 2 * kernel.sum() - kernel[0]
        return self.like.new_tensor(kernel)[distances].sum(dim=0)


def _mirrored_distances(n, like):
    """Distance of each of n pixels to each other, and to its mirror images beyond both edges."""
    i = np.arange(n)
    apart, across = np.abs(i[:, None] - i), i[:, None] + i + 1
    return _torch().as_tensor(np.stack([apart, across, 2 * n - across]), device=like.device)


# ---- Gabors


def create_gabor(shape, phase, wavelength, orientation, sigma, dy=0.0, dx=0.0):
    """Draw exp(−ρ²/2σ²) sin(2π (y cos θ + x sin θ)/λ + phase) about a point (y, x) = (0, 0).

    Parameters
    ----------
    shape : (H, W)
    phase, orientation : float
        Degrees; θ = 0 gives horizontal bars.
    wavelength, sigma : float
        px.
    dy, dx : float
        Where the point lies down and right of the image's centre, as fractions of H and W.

    Returns
    -------
    (H, W) array
    """
    return _gabors(shape, np.array([[phase, wavelength, orientation, sigma, dy, dx]], float))[0]


def _gabors(shape, params):
    """Draw Gabors (n, H, W) from rows of NAMES; each is the sum of two products of a row and a column."""
    phase, wavelength, orientation, sigma, dy, dx = params.T[:, :, None]
    if not (wavelength > 0).all() or not (sigma > 0).all():
        raise ValueError("wavelength and sigma must be positive numbers of pixels.")
    height, width = shape
    y = np.arange(height) - (height - 1) / 2 - dy * height
    x = np.arange(width) - (width - 1) / 2 - dx * width
    phase, theta = np.deg2rad(phase), np.deg2rad(orientation)
    along_y = 2 * np.pi * y * np.cos(theta) / wavelength + phase
    along_x = 2 * np.pi * x * np.sin(theta) / wavelength
    column, row = np.exp(-0.5 * (y / sigma) ** 2), np.exp(-0.5 * (x / sigma) ** 2)
    columns = np.stack([column * np.sin(along_y), column * np.cos(along_y)], axis=2)
    rows = np.stack([row * np.cos(along_x), row * np.sin(along_x)], axis=1)
    return columns @ rows


def set_mean_and_contrast(images, mean, contrast):
    """Shift and scale images (..., H, W): pixels with that mean and population standard deviation."""
    images = np.asarray(images, dtype=float)
    centred = images - images.mean(axis=(-2, -1), keepdims=True)
    deviation = centred.std(axis=(-2, -1), keepdims=True)
    if not (deviation > 0).all():
        raise ValueError("A constant image has no contrast that could be set.")
    return centred * (contrast / deviation) + mean


def best_gabor(respond, shape, mean, contrast):
    """Find the Gabor, at given mean and contrast, that a neuron responds to most.

    Parameters
    ----------
    respond : callable
        respond(images (n, H, W)) -> (n,)
    shape : (H, W)
    mean, contrast : float
        Of the pixels of every image shown.

    Returns
    -------
    params : dict
        Arguments of `create_gabor`.
    image : (H, W) array
    response : float
    """

    def as_column(images):
        return np.reshape(respond(images), (len(images), 1))

    params, images, responses = best_gabors(as_column, shape, mean, contrast)
    return params[0], images[0], float(responses[0])


def best_gabors(respond, shape, mean, contrast, progress=None):
    """Find the best Gabor of each neuron: one pass over the grid for all, then refinement.

    The grid crosses PHASES, WAVELENGTHS, ORIENTATIONS, SIZES and PLACES. From its own best, each
    neuron then tries random changes of all six parameters, smaller from round to round.

    Parameters
    ----------
    respond : callable
        respond(images (n, H, W)) -> (n, n_neurons)
    shape, mean, contrast
        As for `best_gabor`.
    progress : callable, optional
        progress(done, total) is called after each block of images.

    Returns
    -------
    params : list of dict
        Arguments of `create_gabor`, for each neuron.
    images : (n_neurons, H, W) array
    responses : (n_neurons,) array
    """

    def shown(params):
        return set_mean_and_contrast(_gabors(shape, params), mean, contrast)

    def responses(params, tell=lambda done: None):
        """Responses (n, n_neurons) to Gabors, a block at a time: memory stays flat."""
        r = []
        for start in range(0, len(params), BLOCK):
            r.append(np.asarray(respond(shown(params[start : start + BLOCK])), dtype=float))
            tell(start + BLOCK)
        return np.concatenate(r)

    grid = np.array([*product(PHASES, WAVELENGTHS, ORIENTATIONS, SIZES, PLACES_Y, PLACES_X)])
    tell = progress or (lambda done, total: None)
    r = responses(grid, lambda done: tell(min(done, len(grid)), 2 * len(grid)))
    best, response = grid[np.argmax(r, axis=0)], np.max(r, axis=0)
    own, rng = np.arange(len(best)), np.random.default_rng(0)
    for turn, scale in enumerate(np.geomspace(1, 0.03, ROUNDS), 1):
        tried = _nearby(np.repeat(best, TRIES, axis=0), shape, scale, rng)
        r = responses(tried).reshape(len(best), TRIES, len(best))[own, :, own]
        tried, winner = tried.reshape(len(best), TRIES, -1), np.argmax(r, axis=1)
        better = r[own, winner] > response
        best[better] = tried[own, winner][better]
        response = np.maximum(response, r[own, winner])
        tell(len(grid) * (ROUNDS + turn) // ROUNDS, 2 * len(grid))
    params = [dict(zip(NAMES, row, strict=True)) for row in best.tolist()]
    return params, shown(best), response


def _nearby(params, shape, scale, rng):
    """Change Gabors at random: angles and places by steps, wavelength and size by factors.

    Only the envelope changes its place: the wave stays, as its phase there is another parameter.
    """
    step = np.multiply(NEARBY, scale * rng.standard_normal(params.shape))
    moved = params + step
    moved[:, LENGTHS] = np.maximum(params[:, LENGTHS] * np.exp(step[:, LENGTHS]), SHORTEST)
    moved[:, PLACES] = np.clip(moved[:, PLACES], -0.5, 0.5)
    y, x = ((moved - params)[:, PLACES] * shape).T
    theta = np.deg2rad(moved[:, 2])
    moved[:, 0] += 360 * (y * np.cos(theta) + x * np.sin(theta)) / moved[:, 1]
    return moved


def compare_on_truth(respond, meis, gabors):
    """Show each neuron its own MEI and its own Gabor, and count who wins.

    Parameters
    ----------
    respond : callable
        respond(images (n, H, W)) -> (n, n_neurons), the true neurons in the order of the images.
    meis, gabors : (n_neurons, H, W) arrays

    Returns
    -------
    r_mei, r_gabor : (n_neurons,) arrays
        Noise-free responses of the true neurons.
    n_wins : int
        For how many neurons the MEI's response is the larger one.
    """
    r_mei, r_gabor = (np.diagonal(np.asarray(respond(x), float)).copy() for x in (meis, gabors))
    return r_mei, r_gabor, int(np.sum(r_mei > r_gabor))


# ---- images described


def start_similarity(image_a, image_b):
    """Return the correlation of two images over their pixels."""
    a, b = (np.ravel(np.asarray(image, dtype=float)) for image in (image_a, image_b))
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def circular_mask(image, share=0.9):
    """Return the disc around an image's centre of power that holds that share of its power.

    Power is the squared difference from the median pixel; the disc is a bool array like the image.
    """
    image = np.asarray(image, dtype=float)
    power = (image - np.median(image)) ** 2
    y, x = np.indices(image.shape)
    d2 = (y - np.average(y, weights=power)) ** 2 + (x - np.average(x, weights=power)) ** 2
    order = np.argsort(d2, axis=None)
    inside = np.cumsum(power.ravel()[order])
    return d2 <= d2.ravel()[order[np.searchsorted(inside, share * inside[-1])]]


def masked_luminance(image, mask):
    """Return the mean of the pixels inside a bool mask."""
    return float(_inside(image, mask).mean())


def masked_contrast(image, mask):
    """Return the population standard deviation of the pixels inside a bool mask."""
    return float(_inside(image, mask).std())


def _inside(image, mask):
    image, mask = np.asarray(image, dtype=float), np.asarray(mask, dtype=bool)
    if image.shape != mask.shape or not mask.any():
        raise ValueError("The mask must have the shape of the image and hold at least one pixel.")
    return image[mask]


def power_spectrum(image):
    """Return the power of the mean-subtracted image, and f_y (H, 1) and f_x (W,) in cycles per px."""
    image = np.asarray(image, dtype=float)
    f_y, f_x = (np.fft.fftfreq(n) for n in image.shape)
    return np.abs(np.fft.fft2(image - image.mean())) ** 2, f_y[:, None], f_x


def axial_power(image, bin_size=np.pi / 16):
    """Return the mean power in each direction of the spectrum, the zero frequency left out.

    Returns
    -------
    theta : (n_bins,) array
        rad, centres k · bin_size of the bins in 0 … π of θ = atan2(f_y, f_x).
    power : (n_bins,) array
        0 for a bin without a frequency.
    """
    power, f_y, f_x = power_spectrum(image)
    n_bins = round(np.pi / bin_size)
    bins = np.round(np.arctan2(f_y, f_x) % np.pi / bin_size).astype(int) % n_bins
    weights = np.ones(power.shape)
    weights[0, 0] = 0
    total, count = (
        np.bincount(bins.ravel(), (weights * what).ravel(), n_bins) for what in (power, weights)
    )
    return bin_size * np.arange(n_bins), total / np.maximum(count, 1)


def radial_power(image, edges):
    """Return the share of an image's power between successive frequencies `edges` (cycles per px)."""
    power, f_y, f_x = power_spectrum(image)
    power[0, 0] = 0
    return np.histogram(np.hypot(f_y, f_x), edges, weights=power)[0] / power.sum()


def symmetry_index(image, n, bin_size=np.pi / 16):
    """Return SI_n = |Σ_θ P_θ e^{i 2n θ}| / Σ_θ P_θ, from 0 to 1, with P_θ of `axial_power`.

    SI_1 is 1 for a grating and 0 for noise; a plaid of two directions at right angles has SI_1 = 0
    and SI_2 = 1.
    """
    theta, power = axial_power(image, bin_size)
    if not power.any():
        raise ValueError("A constant image has no direction.")
    return float(np.abs(power @ np.exp(2j * n * theta)) / power.sum())
