"""helpers.spike_detector: scores against scikit-learn, networks and training against what they must keep."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics
from sklearn.cluster import DBSCAN

torch = pytest.importorskip("torch", reason="the spike detector needs torch: `make deep`")
pytest.importorskip("safetensors", reason="reading weights needs safetensors: `make deep`")

from helpers import spike_detector as sd  # noqa: E402
from helpers.data import load_detector_waveforms  # noqa: E402
from helpers.trained_detector import trained_classifier  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Results then do not depend on the machine, and test processes do not fight for its cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _no_labs_data(monkeypatch):
    monkeypatch.delenv("LABS_DATA", raising=False)


@pytest.fixture(scope="module")
def parts():
    """The shipped waveforms, standardised: (x, y) of training, validation and test."""
    data = load_detector_waveforms()
    reference = data.part("train")[0]
    return [
        (sd.standardise(w, reference), y)
        for w, y in map(data.part, ("train", "validation", "test"))
    ]


@pytest.fixture(scope="module")
def few(parts):
    """A few hundred waveforms of training and validation."""
    (x, y), (x_val, y_val), _ = parts
    return x[::40, None], y[::40], x_val[::20, None], y_val[::20]


# ---- scores


def test_weights_are_balanced():
    y = np.random.default_rng(0).integers(0, 10, 500) // 9
    w = sd.class_weights(y)
    assert w[y].mean() == pytest.approx(1) and w[0] * (y == 0).sum() == pytest.approx(250)
    with pytest.raises(ValueError, match="both"):
        sd.class_weights(np.zeros(5, int))


@pytest.mark.parametrize("share, wrong", [(0.5, 0.3), (0.02, 0.02), (0.1, 0.0), (0.0, 0.1)])
def test_scores_are_those_of_scikit_learn(share, wrong):
    rng = np.random.default_rng(1)
    y = (rng.random(900) < share).astype(int)
    predicted = np.where(rng.random(900) < wrong, 1 - y, y)
    ours = sd.macro_scores(y, predicted)
    *theirs, _ = metrics.precision_recall_fscore_support(
        y, predicted, labels=[0, 1], average="macro", zero_division=0
    )
    np.testing.assert_allclose([ours["precision"], ours["recall"], ours["f1"]], theirs, rtol=1e-12)
    assert ours["accuracy"] == metrics.accuracy_score(y, predicted)


def test_always_background_is_right_97_times_of_100_and_worthless(parts):
    y = parts[2][1]
    scores = sd.macro_scores(y, np.zeros_like(y))
    assert scores["accuracy"] == pytest.approx(0.974, abs=5e-4)
    assert scores["recall"] == 0.5 and scores["f1"] == pytest.approx(0.493, abs=5e-4)


def test_bootstrap_errors_are_those_of_a_binomial():
    """Recall is a share of independent draws: its standard error is known."""
    y = np.repeat([0, 1], [400, 100])
    predicted = y.copy()
    predicted[:40], predicted[400:420] = 1, 0
    error = sd.bootstrap_scores(y, predicted, 2000)["recall"]
    expected = np.sqrt(0.9 * 0.1 / 400 + 0.8 * 0.2 / 100) / 2
    assert error == pytest.approx(expected, rel=0.08)


# ---- networks


@pytest.mark.parametrize("n_samples", [20, 42, 57])
@pytest.mark.parametrize("kind", [sd.make_cnn, sd.make_gru])
def test_networks_give_two_logits_each_on_its_own(kind, n_samples):
    torch.manual_seed(0)
    model = kind(n_samples).eval()
    x = torch.randn(5, 1, n_samples)
    together = model(x)
    assert together.shape == (5, 2)
    torch.testing.assert_close(model(x[2:3]), together[2:3])


def test_the_networks_are_as_small_as_their_docstrings_say():
    sizes = [sum(p.numel() for p in make().parameters()) for make in (sd.make_cnn, sd.make_gru)]
    assert sizes == [13122, 3426] and "13,122" in sd.make_cnn.__doc__


@pytest.mark.parametrize("n_samples, code", [(42, 3), (30, 5)])
def test_the_autoencoder_has_a_waist(n_samples, code):
    model = sd.make_autoencoder(n_samples, code).double()
    x = torch.randn(4, n_samples, dtype=torch.double)
    assert model.encode(x).shape == (4, code) and model(x).shape == x.shape
    jacobian = torch.autograd.functional.jacobian(model, x[:1])[0, :, 0]
    assert torch.linalg.matrix_rank(jacobian, rtol=1e-9) == code


@pytest.mark.parametrize("n_samples", [42, 31])
def test_a_folded_network_gives_the_same(n_samples):
    torch.manual_seed(0)
    model = sd.make_cnn(n_samples)
    model.train()(3 * torch.randn(64, 1, n_samples) + 1)  # so that the norms are not trivial
    x = torch.randn(50, 1, n_samples)
    whole = sd.logits(model, x, chunk=7)
    np.testing.assert_allclose(sd.logits(sd.fold(model), x), whole, atol=1e-5)


# ---- training


def test_training_goes_back_to_the_best_epoch(few):
    model, history = sd.train(sd.new_network("cnn"), *few, n_epochs=5)
    f1 = sd.macro_scores(few[3], sd.predict(model, few[2]))["f1"]
    assert f1 == pytest.approx(max(history["val_f1"])) and not model.training
    assert {len(values) for values in history.values()} == {5}
    assert history["loss"][-1] < history["loss"][0]


def test_training_repeats_with_the_seed_and_leaves_others_numbers_alone(few):
    states = np.random.get_state()[1].copy(), torch.get_rng_state()
    first, second, other = (
        sd.train(sd.new_network("gru", 1), *few, n_epochs=2, random_seed=seed)[1]
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(states[0], np.random.get_state()[1])
    assert torch.equal(states[1], torch.get_rng_state())
    assert first["loss"] == second["loss"] != other["loss"]


@pytest.mark.parametrize("kind", sd.KINDS)
def test_an_interrupted_training_ends_where_the_whole_one_does(few, tmp_path, kind):
    class Interrupted(Exception):
        pass

    def stop(epoch, *_):
        if epoch == 2:
            raise Interrupted

    if kind == "autoencoder":
        fit, given = sd.train_autoencoder, (few[0][:, 0], few[2][:, 0])
    else:
        fit, given = sd.train, few
    whole, history = fit(sd.new_network(kind), *given, n_epochs=4)
    checkpoint = tmp_path / "c.pt"
    with pytest.raises(Interrupted):
        fit(sd.new_network(kind), *given, n_epochs=4, progress=stop, checkpoint=checkpoint)
    options = {"n_epochs": 4, "checkpoint": checkpoint, "resume": True}
    resumed, again = fit(sd.new_network(kind), *given, **options)
    assert again["loss"] == history["loss"]
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_checkpoint_of_another_training_is_refused(few, tmp_path):
    checkpoint = tmp_path / "c.pt"
    sd.train(sd.new_network("cnn"), *few, n_epochs=1, checkpoint=checkpoint)
    options = {"n_epochs": 1, "checkpoint": checkpoint, "resume": True}
    with pytest.raises(ValueError, match="another training"):
        sd.train(sd.new_network("cnn"), *few, random_seed=1, **options)
    with pytest.raises(ValueError, match="another network"):
        sd.train(sd.new_network("gru"), *few, **options)
    checkpoint.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="cannot be read"):
        sd.train(sd.new_network("cnn"), *few, **options)


def test_waveforms_that_are_not_finite_are_refused(few):
    x = few[0].copy()
    x[3] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        sd.train(sd.new_network("cnn"), x, *few[1:], n_epochs=1)


# ---- what ships


@pytest.mark.parametrize("kind", ["cnn", "gru"])
def test_the_shipped_networks_know_the_test_channel(parts, kind):
    x, y = parts[2]
    predicted = sd.predict(sd.load_network(kind), x[:, None])
    assert sd.macro_scores(y, predicted)["f1"] >= 0.85
    np.testing.assert_array_equal(predicted, trained_classifier(kind)(x))


def test_the_shipped_autoencoder_loses_less_than_principal_components(parts):
    (x, _), (x_val, _), _ = parts
    axes = np.linalg.eigh(np.cov(x.T))[1][:, -3:]
    mean = x.mean(axis=0)
    linear = mean + (x_val - mean) @ axes @ axes.T
    with torch.inference_mode():
        rebuilt = sd.load_network("autoencoder")(torch.as_tensor(x_val)).numpy()
    assert np.mean((rebuilt - x_val) ** 2) < np.mean((linear - x_val) ** 2)


def test_weights_come_back_from_a_file(tmp_path):
    model = sd.new_network("gru", 3).eval()
    sd.save_weights(model, tmp_path / "w.safetensors")
    again = sd.load_network("gru", tmp_path / "w.safetensors")
    x = torch.randn(3, 1, 42)
    assert torch.equal(model(x), again(x))
    with pytest.raises(ValueError, match="does not hold the weights of the cnn"):
        sd.load_network("cnn", tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match="missing"):
        sd.load_network("cnn", tmp_path / "nothing.safetensors")


# ---- clusters


def test_clusters_are_those_of_dbscan_by_size():
    rng = np.random.default_rng(0)
    codes = np.concatenate([rng.normal(m, 0.1, (n, 2)) for m, n in ((5, 30), (0, 90), (-5, 8))])
    codes = np.concatenate([codes, [[50, -50]]])
    labels = sd.cluster_embedding(codes * [1, 100], 0.2, 5)
    plain = DBSCAN(eps=0.2, min_samples=5).fit_predict((codes - codes.mean(0)) / codes.std(0))
    assert np.bincount(labels[labels >= 0]).tolist() == sorted(
        np.bincount(plain[plain >= 0]).tolist(), reverse=True
    )
    assert metrics.adjusted_rand_score(plain, labels) == 1 and labels[-1] == plain[-1] == -1


def test_codes_without_a_crowd_are_all_noise():
    assert sd.cluster_embedding(np.arange(10.0)[:, None] ** 2, 0.01, 3).tolist() == [-1] * 10
    assert sd.cluster_embedding(np.ones((4, 2)), 0.1, 3).tolist() == [0] * 4


# ---- the command


def test_the_command_trains_resumes_and_compares(few, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "spikes"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for k in (1, 2, 3):
        for shift, kind in ((0, "background"), (-2, "spikes")):
            np.save(folder / f"channel_{kind}_{k}.npy", shift + rng.normal(size=(60, 42)))
    to, checkpoint = tmp_path / "w.safetensors", tmp_path / "c.pt"
    arguments = ["train", "--model", "cnn", "--to", str(to), "--checkpoint", str(checkpoint),
                 "--data", str(tmp_path), "--threads", "1"]  # fmt: skip
    sd.main([*arguments, "--epochs", "1"])
    sd.main([*arguments, "--epochs", "2", "--resume"])
    said = capsys.readouterr()
    assert "The weights are in" in said.out and "epoch  2/2" in said.err
    assert said.err.count("epoch  1/") == 1  # the second call went on where the first had ended
    sd.load_network("cnn", to)
    sd.main(["compare", "--data", str(tmp_path), "--threads", "1"])
    said = capsys.readouterr().out
    assert "background accuracy 0.500" in said and "gru" in said


def test_without_torch_one_sentence_says_how_to_install_it():
    code = "import sys; sys.modules['torch'] = None\nimport helpers.spike_detector"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode and "pip install torch safetensors" in run.stderr.splitlines()[-1]
