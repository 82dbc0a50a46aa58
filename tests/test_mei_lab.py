"""Lab 06: the answers printed in the notebook and the fast form in helpers.mei are the same."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT, names_of

from course.folder import CourseFolder
from course.lab import Lab
from helpers import mei, plotting
from helpers.data import load_scenes

torch = pytest.importorskip("torch", reason="lab 06 needs torch: `make deep`")
pytest.importorskip("safetensors", reason="lab 06 needs safetensors: `make deep`")

GIVEN = (
    "setup-given",
    "tools-given",
    "linear-given",
    "one-neuron-given",
    "mask-given",
    "frequency-given",
)
SHAPES = [(24, 36), (17, 30), (20, 21)]


@pytest.fixture(scope="module")
def lab06():
    return Lab(CourseFolder(ROOT), "06-mei")


@pytest.fixture(scope="module")
def names(lab06):
    """What the notebook defines: its own answers, and the functions and classes that it gives."""
    before = torch.get_num_threads()
    yield names_of(lab06, *GIVEN, scenes=load_scenes(), shape=(60, 96), noise_image=None)
    torch.set_num_threads(before)


def images(n, shape, seed=0):
    return np.random.default_rng(seed).normal(0.5, 0.2, (n, *shape))


def gabor_neuron(shape, seed):
    """A linear neuron's filter, a Gabor of length 1 without mean, drawn from a seed."""
    rng = np.random.default_rng(seed)
    place = rng.uniform(-0.15, 0.15, 2)
    w = mei.create_gabor(shape, rng.uniform(0, 360), 9, rng.uniform(0, 180), 4, *place)
    w -= w.mean()
    return w / np.linalg.norm(w)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("missing", [0, 0.02, 0.6])
def test_oracles_agree(names, missing, seed):
    rng = np.random.default_rng(seed)
    r = rng.poisson(rng.gamma(2, 1, (40, 1, 5)), (40, 6, 5)).astype(float)
    r[rng.random(r.shape) < missing] = np.nan
    np.testing.assert_allclose(
        names["oracle_correlation"](r), mei.oracle_correlation(r), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("quantiles", [{}, {"oracle_quantile": 0.2, "variance_quantile": 0.9}])
def test_the_same_neurons_are_selected(names, quantiles):
    rng = np.random.default_rng(0)
    oracle, variance = rng.random((2, 60))
    oracle[7] = np.nan
    ours = mei.select_neurons(oracle, variance, **quantiles)
    np.testing.assert_array_equal(names["select_neurons"](oracle, variance, **quantiles), ours)
    assert len(ours)


@pytest.mark.parametrize("factor", [0, 0.25, 1.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_smoothing_agrees(names, shape, factor):
    g = images(1, shape)[0]
    ours = mei.smooth_gradient(g, factor)
    np.testing.assert_allclose(names["smooth_gradient"](g, factor), ours, atol=1e-10)
    theirs = names["smooth_gradient"](torch.as_tensor(g), factor)
    np.testing.assert_allclose(theirs.numpy(), ours, atol=1e-10)


@pytest.mark.parametrize("start", ["noise", "black"])
def test_searches_agree(names, start):
    shape = SHAPES[0]
    model = names["LinearNeurons"]([gabor_neuron(shape, seed) for seed in range(2)])
    image0 = images(1, shape)[0] if start == "noise" else np.zeros(shape)
    theirs = names["generate_mei"](model, 1, image0, steps=40, contrast=0.3)
    ours = mei.generate_mei(model, 1, image0, steps=40, contrast=0.3)
    for a, b in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3)


def test_one_neuron_responds_as_it_does_among_all(names):
    from helpers import encoding

    model = encoding.Encoder(5).eval()
    names["model"], x = model, images(3, (60, 96))
    np.testing.assert_allclose(
        names["OneNeuron"](3).respond(x), encoding.predict(model, x)[:, 3], rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_gabors_agree(names, shape):
    arguments = shape, 30, 8.5, 70, 4, 0.1, -0.2
    np.testing.assert_allclose(
        names["create_gabor"](*arguments), mei.create_gabor(*arguments), atol=1e-12
    )


@pytest.mark.parametrize("seed", range(3))
def test_best_gabors_are_as_good(names, seed):
    shape = 36, 48
    w = gabor_neuron(shape, seed)

    def respond(x):
        return np.tensordot(x, w, axes=2)

    *_, theirs = names["best_gabor"](respond, shape, 0.5, 0.2)
    *_, ours = mei.best_gabor(respond, shape, 0.5, 0.2)
    assert theirs > 0.95 * ours


@pytest.mark.parametrize("shape", SHAPES)
def test_descriptions_of_images_agree(names, shape):
    a, b = images(2, shape)
    a += mei.create_gabor(shape, 0, 8, 45, 4)
    mask = mei.circular_mask(a)
    edges = np.arange(0, 0.5, 0.05)
    np.testing.assert_array_equal(names["circular_mask"](a), mask)
    np.testing.assert_allclose(names["radial_power"](a, edges), mei.radial_power(a, edges))
    for task in ("masked_luminance", "masked_contrast"):
        assert names[task](a, mask) == pytest.approx(getattr(mei, task)(a, mask), rel=1e-12)
    assert names["start_similarity"](a, b) == pytest.approx(mei.start_similarity(a, b), rel=1e-9)
    for n in (1, 2, 3):
        for size in (np.pi / 16, np.pi / 8):
            theirs, ours = names["symmetry_index"](a, n, size), mei.symmetry_index(a, n, size)
            assert theirs == pytest.approx(ours, rel=1e-9)


def test_the_same_images_win(names):
    meis, gabors = images(6, SHAPES[0]), images(6, SHAPES[0], seed=1)
    filters = images(6, SHAPES[0], seed=2)

    def respond(x):
        return np.einsum("nhw,khw->nk", x, filters)

    theirs, ours = (
        f(respond, meis, gabors) for f in (names["compare_on_truth"], mei.compare_on_truth)
    )
    for a, b in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_black_starts_do_not_stop_the_shipped_model(names):
    """ELU is flat far below zero: were the gradient zero at black, the search would end in NaN."""
    from helpers import encoding

    names["model"] = encoding.load_encoder()
    for number in range(0, 60, 6):
        image, *_ = names["generate_mei"](
            names["OneNeuron"](number), 0, np.zeros((60, 96)), steps=2
        )
        assert np.isfinite(image).all(), number


def test_text_quotes_what_noise_gives():
    """Collapsed pictures: mean .5, contrast .06; a trial in its own mean, with two trials."""
    zero, others = 0.5**2, 0.06**2
    share = zero / (zero + others)
    assert share == pytest.approx(0.986, abs=5e-4)
    r = np.random.default_rng(0).normal(size=(20_000, 2))
    itself = np.corrcoef(r.ravel(), np.repeat(r.mean(axis=1), 2))[0, 1]
    assert itself == pytest.approx(0.7, abs=0.02)


def test_images_need_one_title_each():
    with pytest.raises(ValueError, match="2 images, but 1 titles"):
        plotting.image_grid(np.zeros((2, 4, 4)), ["one"])


def test_every_image_is_drawn_about_its_own_grey():
    axes = plotting.image_grid([np.full((4, 4), 0.5), 0.5 + np.eye(4)], ["a", "b"])
    low, high = axes[1].images[0].get_clim()
    assert (low, high) == (-0.5, 1.5)
    assert [ax.get_title() for ax in axes] == ["a", "b"]
    plt.close("all")


def test_figures_need_one_panel():
    _, axes = plotting.panels(1, 2)
    with pytest.raises(TypeError, match="array of 2 panels"):
        plotting.duel([1.0], [2.0], ax=axes)
    plt.close("all")
