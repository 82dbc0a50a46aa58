"""helpers.encoding: each part against its definition, training against what it must keep."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the encoding model needs torch: `make deep`")
pytest.importorskip("safetensors", reason="reading weights needs safetensors: `make deep`")

from torch.nn import functional as F  # noqa: E402

from helpers import encoding, mei  # noqa: E402
from helpers.data import load_scenes  # noqa: E402

SMALL = (24, 32)
QUICK = encoding.Settings(n_epochs=4, batch=16)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Results then do not depend on the machine, and test processes do not fight for its cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def images(n, shape=SMALL, seed=0):
    return np.random.default_rng(seed).random((n, *shape))


@pytest.fixture
def model():
    """An encoder that is not as it was made: points all over, statistics of some images."""
    torch.manual_seed(0)
    model = encoding.Encoder(5, encoding.SHAPE)
    model.readout.points.data.uniform_(-1.1, 1.1)
    model.readout.features.data.uniform_(-0.1, 0.1)
    model.train()(torch.as_tensor(images(8, encoding.SHAPE), dtype=torch.float32)[:, None])
    return model.eval()


def as_tensor(x):
    return torch.as_tensor(x, dtype=torch.float32)[:, None]


# ---- the model


@pytest.mark.parametrize("height, width, n_levels", [(30, 48, 4), (15, 9, 3), (8, 8, 1)])
def test_the_pyramid_reconstructs_exactly(height, width, n_levels):
    maps = torch.rand(2, 3, height, width, dtype=torch.double)
    pyramid = encoding.Pyramid(height, width, n_levels)
    levels = pyramid(maps)
    assert len(levels) == n_levels
    assert levels[-1].shape[2] == -(-height // 2 ** (n_levels - 1))
    torch.testing.assert_close(pyramid.reconstruct(levels), maps, rtol=0, atol=1e-12)


def test_a_constant_map_is_all_in_the_coarsest_level():
    *fine, coarse = encoding.Pyramid(30, 48)(torch.full((1, 1, 30, 48), 3.0))
    assert all(level.abs().max() < 1e-5 for level in fine)
    torch.testing.assert_close(coarse, torch.full_like(coarse, 3.0))


def test_the_readout_samples_the_pyramid_at_clamped_points(model):
    maps, readout = torch.rand(2, 80, 30, 48), model.readout
    grid = readout.points.clamp(-1, 1)[None, None].expand(2, -1, -1, -1)
    levels = encoding.Pyramid(30, 48)(maps)
    drive = readout.bias + sum(
        torch.einsum(
            "nck,kc->nk",
            F.grid_sample(level, grid, align_corners=True)[:, :, 0],
            readout.features[:, i].clamp(min=0),
        )
        for i, level in enumerate(levels)
    )
    torch.testing.assert_close(readout(maps), drive, rtol=1e-4, atol=1e-4)


def test_points_are_x_right_and_y_down():
    readout = encoding.Readout(2, 1, 9, 11, n_levels=1)
    readout.points.data = torch.tensor([[1.0, -1.0], [0.0, 1.0]])
    maps = torch.arange(99.0).reshape(1, 1, 9, 11)
    torch.testing.assert_close(readout(maps), maps[0, 0][[0, 8], [10, 5]][None])


def test_responses_are_positive_and_begin_at_the_mean():
    y = torch.rand(200, 3) * 4
    start = encoding.new_encoder(torch.rand(200, 1, *SMALL), y, torch.ones(200, 3), 0)
    torch.testing.assert_close(start.readout.bias.detach() + 1, y.mean(dim=0))
    assert (start.eval()(1e3 * torch.randn(20, 1, *SMALL)) >= 0).all()
    torch.testing.assert_close(start.readout.features[0, 0].sum(), torch.tensor(1.0))


def test_in_evaluation_images_do_not_see_each_other(model):
    x = as_tensor(images(6, encoding.SHAPE, 1))
    together = model(x)
    torch.testing.assert_close(together[2:3], model(x[2:3]))
    assert not torch.allclose(together[2:3], model.train()(x)[2:3])


def test_the_penalty_is_that_of_smooth_and_sparse_kernels():
    core = encoding.Core()
    flat = core.convolutions[0].weight
    flat.data[:] = 0
    flat.data[0, 0, 4, 4] = 1.0
    # a unit impulse gives the Laplacian's own squares: 9 + 4 · .25 + 4 · .0625
    expected = 0.5 * (9 + 1 + 0.25) / flat.numel()
    assert float(core.penalty(1, 0).detach()) == pytest.approx(expected)
    norms = [
        np.linalg.norm(c.weight.detach().numpy(), axis=(2, 3)).mean() for c in core.convolutions[1:]
    ]
    assert float(core.penalty(0, 1).detach()) == pytest.approx(sum(norms), rel=1e-5)


def test_only_gives_what_the_whole_model_gives_and_its_gradient(model):
    neurons = [3, 0, 3, 4, 1, 2]
    x = as_tensor(images(len(neurons), encoding.SHAPE, 2)).requires_grad_()
    whole = model(x)[np.arange(len(neurons)), neurons]
    (slow,) = torch.autograd.grad(whole.sum(), x)
    only = model.only(neurons)(x)
    (fast,) = torch.autograd.grad(only.sum(), x)
    torch.testing.assert_close(only, whole, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(fast, slow, rtol=1e-4, atol=1e-6 * float(slow.abs().max()) + 1e-7)
    assert (slow.abs().sum(dim=(1, 2, 3)) > 0).all()


def test_the_search_through_only_is_the_search_through_the_model(model):
    start = images(1, encoding.SHAPE)
    fast = mei.generate_meis(model, [1, 4], start, steps=30)
    slow = mei.generate_meis(lambda x: model(x), [1, 4], start, steps=30)
    for a, b in zip(fast, slow, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


# ---- training


def recorded(n=160, seed=0):
    """Two neurons that count light or dark at a place, and one that does not look; some trials gone."""
    rng = np.random.default_rng(seed)
    x = images(n, seed=seed)
    left, right = x[:, 8:12, 6:10].mean(axis=(1, 2)), x[:, 14:18, 22:26].mean(axis=(1, 2))
    rate = np.stack([np.exp(8 * (left - 0.5)), np.exp(8 * (0.5 - right)), np.ones(n)], axis=1)
    responses = rng.poisson(3 * rate[:, None], (n, 2, 3)).astype(float)
    responses[rng.random(responses.shape) < 0.1] = np.nan
    return x, responses


def test_training_gives_the_weights_of_the_best_epoch():
    x, y = recorded()
    model, history = encoding.train(x, y, QUICK)
    tensors = encoding.training_tensors(x, y)
    held_out, train_on = encoding.split(len(x), np.random.default_rng(0))
    assert not set(held_out) & set(train_on) and len(held_out) == 16
    predicted = torch.as_tensor(encoding.predict(model, tensors[0][held_out]))
    score = np.nanmean(encoding.correlations(predicted, *(t[held_out] for t in tensors[1:])))
    assert score == pytest.approx(max(epoch["validation"] for epoch in history), abs=1e-6)
    assert not model.training
    assert history[0]["rate"] == pytest.approx(5e-3) and history[-1]["rate"] == pytest.approx(1e-3)


def test_training_stops_when_it_gets_no_better(monkeypatch):
    x, y = recorded(60)
    scores = iter([0.1, 0.3, 0.2, 0.25, 0.9])
    monkeypatch.setattr(encoding, "correlations", lambda *_: np.array([next(scores)]))
    _, history = encoding.train(x, y, encoding.Settings(n_epochs=5, batch=30, patience=2))
    assert [epoch["validation"] for epoch in history] == [0.1, 0.3, 0.2, 0.25]


def test_a_resumed_training_ends_as_one_that_was_not_interrupted(tmp_path):
    x, y = recorded(80)
    whole, history = encoding.train(x, y, QUICK)
    checkpoint = tmp_path / "checkpoint.pt"

    def interrupt(epoch, n_epochs, history):
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoding.train(x, y, QUICK, progress=interrupt, checkpoint=checkpoint)
    seen = []
    resumed, again = encoding.train(
        x, y, QUICK, progress=lambda *a: seen.append(a[0]), checkpoint=checkpoint, resume=True
    )
    assert seen == [3, 4]
    assert [e["loss"] for e in again] == [e["loss"] for e in history]
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_another_training_does_not_go_on_from_a_checkpoint(tmp_path):
    x, y = recorded(40)
    checkpoint = tmp_path / "checkpoint.pt"
    settings = encoding.Settings(n_epochs=1, batch=40)
    encoding.train(x, y, settings, checkpoint=checkpoint)
    with pytest.raises(ValueError, match="another training"):
        encoding.train(x, y, settings, 1, checkpoint=checkpoint, resume=True)
    with pytest.raises(ValueError, match="another training"):
        encoding.train(x, 2 * y, settings, checkpoint=checkpoint, resume=True)
    checkpoint.write_bytes(b"cut short")
    with pytest.raises(ValueError, match="delete it"):
        encoding.train(x, y, settings, checkpoint=checkpoint, resume=True)


def test_training_leaves_the_global_generators_alone():
    x, y = recorded(40)
    states = np.random.get_state()[1].copy(), torch.get_rng_state()
    encoding.train(x, y, encoding.Settings(n_epochs=1, batch=40))
    assert np.array_equal(states[0], np.random.get_state()[1])
    assert torch.equal(states[1], torch.get_rng_state())


def test_points_start_where_images_matter():
    rng = np.random.default_rng(0)
    x = torch.as_tensor(rng.normal(size=(400, 1, 60, 96)), dtype=torch.float32)
    gain = torch.as_tensor(rng.random((2, 400)), dtype=torch.float32)
    for k, (row, column) in enumerate(((20, 70), (44, 12))):
        x[:, 0, row - 6 : row + 7, column - 6 : column + 7] *= 4 * gain[k, :, None, None]
    light = x[:, 0, 28:33, 38:43].mean(dim=(1, 2))
    y = torch.stack([*gain, light], dim=1)
    points = encoding.where_images_matter(x, y, torch.ones(400, 3))
    pixels = (points.numpy() + 1) / 2 * [95, 59]
    np.testing.assert_allclose(pixels, [[70, 20], [12, 44], [40, 30]], atol=4)


def test_ridge_finds_a_linear_neuron_and_energies_a_complex_one():
    scenes = load_scenes()
    x, new = scenes.single[:700], scenes.repeated
    kinds = scenes.neurons.kinds
    pair = [int(np.flatnonzero(kinds == kind)[0]) for kind in ("simple", "complex")]
    h = scenes.neurons.filter(pair[0])

    def respond(scenes_):
        energy = scenes.neurons.response(pair[1], scenes_ / 255)
        return np.stack([np.sum(scenes_ / 255 * h, axis=(1, 2)), energy], axis=1)

    rates, truth = respond(x), respond(new)
    score = {
        features: [np.corrcoef(a, b)[0, 1] for a, b in zip(predicted.T, truth.T, strict=True)]
        for features in (encoding.pixels, encoding.gabor_energies)
        for predicted in [encoding.ridge_predictions(features, x, rates[:, None], new)]
    }
    assert score[encoding.pixels][0] > 0.9 > 0.5 > score[encoding.gabor_energies][0]
    assert score[encoding.gabor_energies][1] > 0.7 > 0.5 > score[encoding.pixels][1]


# ---- weights


def test_weights_come_back_as_they_were(model, tmp_path):
    encoding.save_weights(model, tmp_path / "weights.safetensors")
    again = encoding.load_encoder(tmp_path / "weights.safetensors")
    x = as_tensor(images(3, encoding.SHAPE))
    assert torch.equal(model(x), again(x)) and not again.training


def test_weights_that_are_none_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"is missing.*helpers\.encoding train"):
        encoding.load_encoder(tmp_path / "nothing.safetensors")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"x" * 100)
    with pytest.raises(ValueError, match="does not hold the weights"):
        encoding.load_encoder(broken)


def test_the_weights_that_ship_explain_the_neurons_better_than_simpler_models():
    scenes, path = load_scenes(), encoding.data_folder() / encoding.WEIGHTS
    assert path.stat().st_size < 5e6
    predicted = encoding.predict(encoding.load_encoder(), scenes.repeated)
    share, low, _, _ = mei.relative_to_oracle(predicted, scenes.repeated_responses)
    data = scenes.single, scenes.single_responses, scenes.repeated
    for features in (encoding.pixels, encoding.gabor_energies):
        simpler = encoding.ridge_predictions(features, *data)
        assert low > mei.relative_to_oracle(simpler, scenes.repeated_responses)[2] + 0.2
    assert 0.885 < share < 1


# ---- the command


def test_the_command_trains_and_resumes(tmp_path, monkeypatch, capsys):
    scenes = load_scenes()
    few = type(scenes)(
        "a few", scenes.repeated[:8], scenes.repeated_responses[:8], scenes.single[:40],
        scenes.single_responses[:40],
    )  # fmt: skip
    monkeypatch.setattr(encoding, "load_scenes", lambda: few)
    to, checkpoint = tmp_path / "w.safetensors", tmp_path / "c.pt"
    command = f"train --epochs 1 --threads 1 --to {to} --checkpoint {checkpoint} --resume".split()
    encoding.main(command)
    first = to.read_bytes()
    assert "epoch  1/1 |" in capsys.readouterr().err
    encoding.main(command)
    assert "epoch" not in capsys.readouterr().err and to.read_bytes() == first
    with pytest.raises(SystemExit, match="another training"):
        encoding.main([*command, "--seed", "1"])


def test_without_torch_one_sentence_says_how_to_install_it():
    code = "import sys; sys.modules['torch'] = None\nimport helpers.encoding"
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    last = done.stderr.strip().split("\n")[-1]
    assert last.startswith("ImportError: The encoding model needs PyTorch: install it with")
    assert "During handling" not in done.stderr
