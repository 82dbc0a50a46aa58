"""Lab 09: the answers printed in the notebook and the fast form in helpers.spike_detector are the same."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT, names_of

from course.folder import CourseFolder
from course.lab import Lab
from helpers import plotting
from helpers.data import load_detector_waveforms
from helpers.simulate import detector

torch = pytest.importorskip("torch", reason="lab 09 needs torch: `make deep`")
pytest.importorskip("safetensors", reason="lab 09 needs safetensors: `make deep`")

from helpers import spike_detector as sd  # noqa: E402


@pytest.fixture(scope="module")
def names():
    """What the notebook defines: its own answers, and its detector."""
    lab = Lab(CourseFolder(ROOT), "09-spike-detector")
    before = torch.get_num_threads()
    yield names_of(lab, "data-given", "detect-given", "parts-given")
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def few(names):
    return (
        names["x_train"][::50],
        names["y_train"][::50],
        names["x_val"][::30],
        names["y_val"][::30],
    )


def test_the_notebook_detects_as_the_simulation_does(names):
    data = load_detector_waveforms()
    y = detector.filter_channel(data.voltage)
    threshold = detector.adaptive_threshold(y)
    w, s = detector.cut_out(y, detector.find_crossings(y, threshold))
    np.testing.assert_allclose(names["threshold"], threshold)
    np.testing.assert_array_equal(names["crossings"], s)
    np.testing.assert_allclose(names["w"], w, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_weights_and_scores_agree(names, seed):
    rng = np.random.default_rng(seed)
    y, predicted = (rng.random((2, 400)) < 0.2).astype(int)
    np.testing.assert_allclose(names["class_weights"](y), sd.class_weights(y), rtol=1e-12)
    ours, theirs = sd.macro_scores(y, predicted), names["macro_scores"](y, predicted)
    assert theirs == pytest.approx(ours, rel=1e-12) and theirs.keys() == ours.keys()


@pytest.mark.parametrize("kind", ["make_cnn", "make_gru"])
def test_networks_agree(names, kind):
    theirs, ours = names[kind](), getattr(sd, kind)()
    assert [p.shape for p in theirs.parameters()] == [p.shape for p in ours.parameters()]
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    x = torch.randn(6, 1, 42)
    torch.testing.assert_close(theirs.eval()(x), ours.eval()(x))


def test_autoencoders_agree(names):
    theirs, ours = names["make_autoencoder"](30, 4), sd.make_autoencoder(30, 4)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(6, 30)
    torch.testing.assert_close(theirs(x), ours(x))
    torch.testing.assert_close(theirs.encode(x), ours.encode(x))


def test_trainings_agree(names, few):
    (theirs, history), (ours, expected) = (
        fit(sd.new_network("cnn", 2), *few, n_epochs=3, random_seed=4)
        for fit in (names["train"], sd.train)
    )
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-6)
    np.testing.assert_allclose(history["val_f1"], expected["val_f1"], rtol=1e-9)
    x = torch.as_tensor(few[2])
    torch.testing.assert_close(theirs(x), ours(x))


def test_clusters_agree(names):
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(400, 3)) + 6 * rng.integers(0, 3, 400)[:, None]
    theirs, ours = (f(codes, 0.3, 6) for f in (names["cluster_embedding"], sd.cluster_embedding))
    pairs = set(zip(theirs.tolist(), ours.tolist(), strict=True))
    assert len(pairs) == len(set(theirs.tolist())) == len(set(ours.tolist())) > 2
    np.testing.assert_array_equal(theirs == -1, ours == -1)


def test_the_hand_drawn_boundary_finds_most_neurons(names):
    """As the text says of Figure 2; truth is what the simulation knows."""
    w, s = names["w"], names["crossings"]
    truth = detector.label(s, names["data"].spiketimes, names["data"].spike_units) > 0
    axes = np.linalg.eigh(np.cov(w.T))[1][:, ::-1][:, :2]
    axes *= -np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    inside = names["Path"](names["data"].boundary).contains_points((w - w.mean(axis=0)) @ axes)
    assert sd.macro_scores(truth, inside)["f1"] > 0.85


def test_text_quotes_the_counts(names):
    n0, n1 = np.bincount(names["y_train"])
    assert (n0, n0 + n1) == (12962, 15453)
    assert n0 / (n0 + n1) == pytest.approx(0.84, abs=0.005)
    test = names["y_test"]
    assert len(test) / test.sum() == pytest.approx(39, abs=0.5)


def test_text_quotes_the_lag_of_the_threshold(names):
    y, fs, threshold = (names[name] for name in ("filtered", "fs", "threshold"))
    per_second = np.bincount((names["crossings"] / fs).astype(int))
    assert per_second.tolist() == [54, 56, 74, 62, 79, 94, 126, 167, 159, 131, 88, 90]
    assert 3 * np.median(np.abs(y[-round(fs) :])) / 0.6745 == pytest.approx(57.7, abs=0.05)
    fixed = names["find_crossings"](y, np.full(len(y), threshold[0]))
    assert np.sum(fixed >= 11 * fs) == 352


@pytest.mark.parametrize("kind", ["cnn", "gru"])
def test_text_quotes_the_false_alarms(names, kind):
    y, called = names["y_test"], names["trained_classifier"](kind)(names["x_test"][:, 0])
    assert 15 <= np.sum((y == 0) & (called == 1)) <= 40 and np.sum(y == 0) == 4073


# --- figures ------------------------------------------------------------------------------------


def test_noise_and_further_clusters_are_drawn():
    labels = np.array([0, 1, 5, -1])
    ax = plotting.labelled_points(np.eye(4), labels, names=["a", "b"], ax=plt.figure().gca())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["noise", "a", "b"]
    assert [len(part.get_offsets()) for part in ax.collections] == [1, 1, 2]
    plt.close("all")


def test_the_ring_is_at_the_best_epoch():
    axes = plotting.training_curves({"a": {"loss": [3, 2, 1], "val_f1": [0.1, 0.7, 0.3]}})
    ring = axes[1].lines[-1]
    assert ring.get_xydata().tolist() == [[2, 0.7]]
    plt.close("all")


def test_scores_stand_beside_their_dots():
    one = {"accuracy": 0.5, "precision": 0.6, "recall": 0.7, "f1": 0.8123}
    axes = plotting.score_dots({"x": one}, {"x": dict.fromkeys(one, 0.01)})
    assert axes[3].texts[0].get_text() == "0.812 ± 0.010"
    plt.close("all")


def test_crossings_outside_the_trace_are_left_out():
    t = np.arange(10.0)
    ax = plotting.threshold_trace(t, -t, np.full(10, -5.0), [3, 20], ax=plt.figure().gca())
    assert ax.lines[-1].get_xdata().tolist() == [3]
    plt.close("all")


def test_waveforms_start_before_the_crossing():
    ax = plotting.waveform_bundle(np.zeros((3, 42)), ax=plt.figure().gca())
    assert ax.lines[-1].get_xdata()[12] == 0
    with pytest.raises(TypeError, match="array of 2 panels"):
        plotting.waveform_bundle(np.zeros((3, 42)), ax=plotting.panels(1, 2)[1])
    plt.close("all")
