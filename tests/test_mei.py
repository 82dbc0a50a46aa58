"""helpers.mei against facts derived without it: closed forms, exact constraints, known neurons."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from helpers import mei

ROOT = Path(__file__).resolve().parents[1]
SHAPE = (30, 44)


@pytest.fixture(scope="module")
def torch():
    """PyTorch on one thread, as several test processes share the machine."""
    torch = pytest.importorskip("torch", reason="searching for MEIs needs torch: `make deep`")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(before)


def rng(seed=0):
    return np.random.default_rng(seed)


def gabor(phase=30.0, orientation=40.0):
    return mei.create_gabor(SHAPE, phase, 10.0, orientation, 4.0, 0.1, -0.1)


def linear(torch, *filters):
    """Neurons that respond with the inner product of an image and their filters, in double precision."""
    bank = torch.as_tensor(np.stack(filters))
    return lambda images: torch.einsum("nchw,khw->nk", images.double(), bank)


# ---- which neurons


def test_the_oracle_is_the_correlation_with_the_mean_of_the_others():
    r = rng().normal(size=(7, 4, 3)) + rng(1).normal(size=(7, 1, 3))
    r[2, 1, 0] = r[4, :3, 1] = r[5, :, 2] = np.nan
    expected = []
    for neuron in range(3):
        pairs = [
            (trials[j], np.delete(trials, j).mean())
            for trials in (image[np.isfinite(image)] for image in r[:, :, neuron])
            if len(trials) > 1
            for j in range(len(trials))
        ]
        expected.append(np.corrcoef(np.transpose(pairs))[0, 1])
    np.testing.assert_allclose(mei.oracle_correlation(r), expected, rtol=1e-12)
    np.testing.assert_allclose(mei.oracle_correlation(1e6 + r), expected, rtol=1e-6)


def test_the_oracle_has_its_expected_value():
    signal, noise, n_trials = 1.0, 1.5, 8
    r = signal * rng().normal(size=(4000, 1, 6)) + noise * rng(1).normal(size=(4000, n_trials, 6))
    expected = signal**2 / np.sqrt((signal**2 + noise**2) * (signal**2 + noise**2 / (n_trials - 1)))
    np.testing.assert_allclose(mei.oracle_correlation(r), expected, atol=0.03)


def test_a_neuron_without_variance_or_pairs_has_no_oracle():
    r = rng().normal(size=(5, 3, 3))
    r[:, :, 0], r[:, 1:, 1] = 0.1, np.nan
    np.testing.assert_array_equal(np.isnan(mei.oracle_correlation(r)), [True, True, False])


def test_a_model_that_knows_the_expected_response_beats_the_oracle_a_little():
    expected = rng().normal(size=(100, 20))
    r = expected[:, None] + 2 * rng(1).normal(size=(100, 40, 20))
    share, low, high, rho = mei.relative_to_oracle(expected, r)
    assert low < share < high
    # with variances 1 and 4 the mean of 39 trials correlates 1/√(1 + 4/39) with what it estimates
    assert share == pytest.approx(np.sqrt(1 + 4 / 39), abs=0.03)
    np.testing.assert_allclose(
        rho[0], np.corrcoef(np.repeat(expected[:, 0], 40), r[:, :, 0].ravel())[0, 1], rtol=1e-10
    )


def test_the_interval_covers_the_share_of_many_images():
    signal = rng().normal(size=(20_000, 1))
    r = signal[:, None] + rng(1).normal(size=(20_000, 2, 1))
    predicted = signal + rng(2).normal(size=signal.shape)
    truth = mei.relative_to_oracle(predicted, r, n_resamples=2)[0]
    parts = (slice(i, i + 100) for i in range(0, 10_000, 100))
    covered = 0
    for part in parts:
        _, low, high, _ = mei.relative_to_oracle(predicted[part], r[part], n_resamples=300)
        covered += low < truth < high
    assert 85 <= covered <= 100


def test_selected_neurons_are_above_both_quantiles():
    oracle, variance = np.array([0.5, 0.1, np.nan, 0.7, 0.6, 0.2]), np.arange(6.0)
    np.testing.assert_array_equal(mei.select_neurons(oracle, variance, 0.4, 0.4), [3, 4])
    np.testing.assert_array_equal(mei.select_neurons(oracle, -variance, 0.4, 0.4), [0])


# ---- gradient, blur, projection


@pytest.mark.parametrize("shape", [(7, 12), (8, 9), (60, 96)])
def test_smoothing_is_the_full_complex_transform_with_a_mask_of_mean_one(shape):
    g = rng().normal(size=shape)
    f_y, f_x = (np.fft.fftfreq(n) * n for n in shape)
    radius = np.maximum(1, np.hypot(f_y[:, None], f_x))
    mask = radius**-0.4
    smooth = np.fft.ifft2(np.fft.fft2(g) * mask / mask.mean())
    assert np.abs(smooth.imag).max() < 1e-12  # an even mask: the result is real
    np.testing.assert_allclose(mei.smooth_gradient(g, 0.4), smooth.real, atol=1e-12)


def test_smoothing_keeps_type_and_shape(torch):
    g = rng().normal(size=(2, *SHAPE))
    tensor = torch.as_tensor(g, dtype=torch.float32)
    smooth = mei.smooth_gradient(tensor)
    assert smooth.dtype == torch.float32 and smooth.shape == tensor.shape
    np.testing.assert_allclose(smooth.numpy(), mei.smooth_gradient(g), atol=1e-6)
    assert mei.smooth_gradient(g.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("sigma", [0.01, 0.3, 1.0, 3.0, 7.0])
def test_the_blur_is_that_of_scipy(torch, sigma):
    x = rng().normal(size=SHAPE)
    blurred = mei._Blur(torch.zeros(1, dtype=torch.double), *SHAPE)(torch.as_tensor(x)[None], sigma)
    np.testing.assert_allclose(blurred[0].numpy(), ndimage.gaussian_filter(x, sigma), atol=1e-12)


@pytest.mark.parametrize("name", ["none", "disc"])
def test_the_projection_is_exact(torch, name):
    mask = np.ones(SHAPE, bool) if name == "none" else mei.circular_mask(gabor())
    x = torch.as_tensor(1e3 + rng().normal(size=(3, *SHAPE)))
    images, contrasts = mei._Projection(0.4, 0.07, torch.as_tensor(mask, dtype=x.dtype))(x)
    for image, contrast in zip(images.numpy(), contrasts.numpy(), strict=True):
        assert image[mask].mean() == pytest.approx(0.4, abs=1e-9)
        assert image[mask].std() == pytest.approx(0.07, rel=1e-9) == contrast
        assert (image[~mask] == 0.4).all()


# ---- most exciting images


@pytest.mark.parametrize("start", ["grey", "black", "noise"])
def test_the_mei_of_a_linear_neuron_is_its_filter(torch, start):
    image0 = {
        "grey": np.full(SHAPE, 0.5),
        "black": np.zeros(SHAPE),
        "noise": rng().normal(size=SHAPE),
    }
    F = gabor()
    image, responses, contrasts = mei.generate_mei(linear(torch, F), 0, image0[start], steps=60)
    assert mei.start_similarity(image, F) > 0.98
    # Cauchy–Schwarz: no image of this contrast excites more than the filter itself
    most = 0.2 * np.sqrt(F.size) * np.linalg.norm(F - F.mean()) + 0.5 * F.sum()
    assert 0.97 * most < responses[-1] <= most + 1e-4
    assert responses.shape == contrasts.shape == (60,)
    np.testing.assert_allclose(contrasts, 0.2, rtol=1e-6)
    assert image.mean() == pytest.approx(0.5, abs=1e-6)
    assert image.std() == pytest.approx(0.2, rel=1e-6)


def test_the_trace_belongs_to_the_images_after_each_step(torch):
    F, image0 = gabor(), rng().normal(size=SHAPE)
    model = linear(torch, F)
    for steps in (
        1,
        2,
        5,
    ):  # σ is zero throughout, so that shorter runs are the beginning of longer
        image, responses, _ = mei.generate_mei(model, 0, image0, steps=steps, sigma=0.01)
        assert responses[-1] == pytest.approx(np.sum(F * image), rel=1e-5)
    longest = mei.generate_mei(model, 0, image0, steps=5, sigma=0.01)[1]
    shorter = mei.generate_mei(model, 0, image0, steps=2, sigma=0.01)[1]
    np.testing.assert_allclose(longest[:2], shorter, rtol=1e-6)


def test_an_energy_neuron_gets_started_from_grey(torch):
    F, G = gabor(0), gabor(90)

    def energy(images):
        return linear(torch, F, G)(images - 0.5).square().sum(dim=1, keepdim=True)

    image, responses, _ = mei.generate_mei(energy, 0, np.full(SHAPE, 0.5), steps=100)
    parts = [f - f.mean() for f in (F, G)]
    in_plane = np.linalg.lstsq(np.stack([p.ravel() for p in parts], 1), image.ravel() - 0.5)[0]
    within = sum(a * p for a, p in zip(in_plane, parts, strict=True))
    assert mei.start_similarity(within, image) > 0.97
    assert responses[-1] > responses[0] > 0


def test_neurons_and_starts_of_a_batch_do_not_meet(torch):
    model = linear(torch, gabor(0, 10), gabor(70, 100), gabor(20, 60))
    starts = rng().normal(size=(2, *SHAPE))
    images, responses, contrasts = mei.generate_meis(model, [2, 0], starts, steps=20)
    assert images.shape == (2, 2, *SHAPE) and responses.shape == contrasts.shape == (2, 2, 20)
    for i, neuron in enumerate((2, 0)):
        for j, start in enumerate(starts):
            image, trace, _ = mei.generate_mei(model, neuron, start, steps=20)
            np.testing.assert_allclose(images[i, j], image, atol=1e-5)
            np.testing.assert_allclose(responses[i, j], trace, rtol=1e-5)


def test_a_mask_keeps_the_image_inside(torch):
    mask = mei.circular_mask(gabor())
    image, _, contrasts = mei.generate_mei(
        linear(torch, gabor()), 0, np.zeros(SHAPE), steps=20, mask=mask, mean=0.4, contrast=0.3
    )
    assert mei.masked_luminance(image, mask) == pytest.approx(0.4, abs=1e-6)
    assert mei.masked_contrast(image, mask) == pytest.approx(0.3, rel=1e-6)
    np.testing.assert_allclose(image[~mask], 0.4, atol=1e-6)
    np.testing.assert_allclose(contrasts, 0.3, rtol=1e-6)


def test_batch_normalisation_is_asked_in_evaluation_mode_and_weights_stay(torch):
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 5), torch.nn.BatchNorm2d(2), torch.nn.ELU(), torch.nn.Flatten(),
        torch.nn.LazyLinear(3),
    )  # fmt: skip
    model(torch.rand(4, 1, *SHAPE))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    together = mei.generate_meis(model, [0, 1, 2], np.zeros((1, *SHAPE)), steps=5)[0]
    alone = mei.generate_mei(model, 1, np.zeros(SHAPE), steps=5)[0]
    np.testing.assert_allclose(together[1, 0], alone, atol=1e-5)
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


def test_what_cannot_be_searched_is_refused(torch):
    model = linear(torch, gabor())
    for start, keywords, says in (
        (np.full(SHAPE, np.nan), {}, "finite"),
        (np.zeros(SHAPE), {"contrast": 0}, "positive"),
        (np.zeros(SHAPE), {"steps": 0}, "positive"),
    ):
        with pytest.raises(ValueError, match=says):
            mei.generate_mei(model, 0, start, **keywords)
    with pytest.raises(ValueError, match="by way of torch"):
        mei.generate_mei(lambda images: torch.zeros(len(images), 1), 0, np.zeros(SHAPE))
    with pytest.raises(ValueError, match="not finite"):
        mei.generate_mei(lambda x: model(x) / 0.0, 0, np.zeros(SHAPE), steps=2)


# ---- Gabors


def test_a_gabor_is_drawn_from_its_definition():
    shape, phase, wavelength, orientation, sigma, dy, dx = (21, 31), 25, 8, 35, 3, 0.2, -0.1
    theta, image = np.deg2rad(orientation), np.empty((21, 31))
    for row in range(21):
        for column in range(31):
            y, x = row - 10 - dy * 21, column - 15 - dx * 31
            wave = 2 * np.pi * (y * np.cos(theta) + x * np.sin(theta)) / wavelength
            envelope = np.exp(-(y * y + x * x) / (2 * sigma**2))
            image[row, column] = envelope * np.sin(wave + np.deg2rad(phase))
    drawn = mei.create_gabor(shape, phase, wavelength, orientation, sigma, dy, dx)
    np.testing.assert_allclose(drawn, image, atol=1e-12)
    np.testing.assert_allclose(
        mei.create_gabor(shape, phase + 180, wavelength, orientation, sigma, dy, dx), -image,
        atol=1e-12,
    )  # fmt: skip


def test_horizontal_bars_have_orientation_zero():
    image = mei.create_gabor((30, 30), 90, 10, 0, 100)
    assert np.ptp(image, axis=1).max() < 0.05 < np.ptp(image, axis=0).min()


def test_the_best_gabor_of_a_gabor_neuron_is_that_gabor():
    F = mei.create_gabor((60, 96), 30, 12, 40, 6, 0.1, -0.1)
    F -= F.mean()
    shown = []

    def respond(images):
        shown.append((images.mean(axis=(1, 2)), images.std(axis=(1, 2))))
        return images.reshape(len(images), -1) @ F.ravel()

    params, image, response = mei.best_gabor(respond, F.shape, 0.5, 0.1)
    assert mei.start_similarity(image, F) > 0.995
    assert response == pytest.approx(np.sum(F * image))
    drawn = mei.create_gabor(F.shape, **params)
    assert mei.start_similarity(drawn, image) == pytest.approx(1)
    means, contrasts = (np.concatenate(part) for part in zip(*shown, strict=True))
    np.testing.assert_allclose(means, 0.5, atol=1e-12)
    np.testing.assert_allclose(contrasts, 0.1, rtol=1e-9)


def test_who_wins_on_the_truth_is_counted_neuron_by_neuron():
    meis, gabors = np.zeros((3, 2, 2)), np.zeros((3, 2, 2))
    meis[0], gabors[1], meis[2], gabors[2] = 1, 1, 0.3, 0.3

    def respond(images):
        return np.outer(images.sum(axis=(1, 2)), [1.0, 10.0, 100.0])

    r_mei, r_gabor, n_wins = mei.compare_on_truth(respond, meis, gabors)
    np.testing.assert_allclose(r_mei, [4, 0, 120])
    np.testing.assert_allclose(r_gabor, [0, 40, 120])
    assert n_wins == 1


# ---- images described


def test_similarity_forgets_mean_and_contrast():
    image = rng().normal(size=SHAPE)
    assert mei.start_similarity(image, 3 * image + 2) == pytest.approx(1)
    assert mei.start_similarity(image, -image) == pytest.approx(-1)


def test_the_disc_holds_the_power_asked_for():
    image = 0.5 + 0.1 * gabor()
    power = (image - np.median(image)) ** 2
    for share in (0.5, 0.9):
        mask = mei.circular_mask(image, share)
        assert share <= power[mask].sum() / power.sum() < share + 0.1
    y, x = np.argwhere(mask).mean(axis=0)
    assert (y, x) == pytest.approx((14.5 + 0.1 * 30, 21.5 - 0.1 * 44), abs=1)


def test_luminance_and_contrast_inside_a_mask():
    image, mask = rng().normal(size=SHAPE), rng(1).random(SHAPE) < 0.3
    assert mei.masked_luminance(image, mask) == pytest.approx(image[mask].mean())
    assert mei.masked_contrast(image, mask) == pytest.approx(image[mask].std())
    with pytest.raises(ValueError, match="at least one pixel"):
        mei.masked_contrast(image, np.zeros(SHAPE, bool))


def test_symmetry_of_gratings_plaids_and_noise():
    y, x = np.indices((64, 64))
    # whole periods across the image, so that the power is in one frequency
    down, across = np.sin(2 * np.pi * 8 * y / 64), np.sin(2 * np.pi * 8 * x / 64)
    for image, n, expected in (
        (down, 1, 1), (down, 2, 1), (across, 1, 1), (down + across, 1, 0), (down + across, 2, 1),
    ):  # fmt: skip
        assert mei.symmetry_index(image, n) == pytest.approx(expected, abs=1e-9)
    noise = rng().normal(size=(60, 96))
    assert all(mei.symmetry_index(10 + noise, n) < 0.05 for n in (1, 2, 3))


def test_direction_is_measured_in_cycles_per_pixel():
    y, x = np.indices((40, 80))
    diagonal = np.sin(2 * np.pi * (5 * y / 40 + 10 * x / 80))  # ⅛ cycle per px down and across
    theta, power = mei.axial_power(diagonal)
    assert theta[np.argmax(power)] == pytest.approx(np.pi / 4)
    assert mei.radial_power(diagonal, [0, 0.17, 0.18, 1]) == pytest.approx([0, 1, 0], abs=1e-9)


def test_a_constant_image_has_no_direction():
    with pytest.raises(ValueError, match="no direction"):
        mei.symmetry_index(np.full(SHAPE, 0.5), 1)


# ---- without torch


def test_what_needs_torch_says_so_in_one_sentence_and_the_rest_works():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "import numpy as np\n"
        "from helpers import mei\n"
        "print(mei.smooth_gradient(np.eye(6)).shape)\n"
        "try: mei.generate_mei(None, 0, np.zeros((6, 6)))\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    shape, message = done.stdout.strip().split("\n")
    assert shape == "(6, 6)"
    assert "pip install torch" in message and message.count(".") == 1
