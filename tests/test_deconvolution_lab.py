"""Lab 08: the answers printed in the notebook and the fast form in helpers.deconvolution are the same."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT, names_of

pytest.importorskip("torch", reason="lab 08 needs torch: `make deep`")

from course.folder import CourseFolder
from course.lab import Lab
from helpers import deconvolution, plotting
from helpers.checks import deconvolution as checks
from helpers.simulate import simulate_overlapping


@pytest.fixture(scope="module")
def names():
    """The notebook's answers, and what its first cell gives them."""
    return names_of(Lab(CourseFolder(ROOT), "08-deconvolution"))


@pytest.fixture(scope="module")
def voltage():
    recording = simulate_overlapping(3, duration=0.4)
    return recording.x / 8.0


def both(names, name, *arguments):
    ours = getattr(deconvolution, name)(*arguments)
    return zip(
        *(x if isinstance(x, tuple) else (x,) for x in (ours, names[name](*arguments))), strict=True
    )


@pytest.mark.parametrize("seed", range(3))
def test_updates_and_log_joint_agree(names, seed):
    rng = np.random.default_rng(seed)
    X, a, w = rng.normal(size=(5, 40)), rng.exponential(1, 40), checks.unit(rng.normal(size=5))
    W, A = checks.random_waveforms(rng, 5, 3), rng.exponential(1, (40, 3))
    for call in (
        ("update_waveform", X, a),
        ("update_amplitudes", X, w, 0.7, 1.2),
        ("log_joint", X, W, A, 0.7, 1.2),
        ("update_template", X, 1 + seed),
        ("score_templates", X, rng.normal(size=(4, 5, 7))),
        ("new_waveforms", X, 3, np.random.default_rng(seed)),
    ):
        if call[0] == "new_waveforms":  # each side needs a generator of its own
            ours = deconvolution.new_waveforms(*call[1:3], np.random.default_rng(seed))
            theirs = names["new_waveforms"](*call[1:])
            np.testing.assert_allclose(theirs, ours, atol=1e-12)
            continue
        for ours, theirs in both(names, *call):
            np.testing.assert_allclose(theirs, ours, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("n_neurons, lam", [(3, 1.0), (7, 6.0)])
@pytest.mark.parametrize("seed", range(3))
def test_semi_nmf_agrees(names, seed, n_neurons, lam):
    X, *_ = checks.summed_bins(np.random.default_rng(seed))
    for ours, theirs in both(names, "fit_seminmf", X, n_neurons, lam, 1.0, 30, seed):
        np.testing.assert_allclose(theirs, ours, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("rank", [1, 2])
def test_deconvolution_agrees(names, voltage, rank):
    for ours, theirs in both(names, "fit_deconvolution", voltage, 6, 40, rank, 5.0, 1.0, 6, rank):
        np.testing.assert_allclose(theirs, ours, atol=1e-8)


def test_new_templates_agree(names, voltage):
    for R in (voltage, np.zeros((3, 100))):
        ours, theirs = (
            new(R, 40, np.random.default_rng(1))
            for new in (deconvolution.new_template, names["new_template"])
        )
        np.testing.assert_allclose(theirs, ours, atol=1e-12)


def test_checks_compare_spikes_wherever_a_template_sits_in_its_window():
    data = checks.overlapping_spikes(np.random.default_rng(0))
    amplitudes = np.zeros((3, data.X.shape[1] - data.width + 1))
    order, shift = np.array([2, 0, 1]), np.array([-4, 0, 3])
    at = data.times + shift[data.units]
    kept = (at >= 0) & (at < amplitudes.shape[1])
    amplitudes[order[data.units], np.clip(at, 0, amplitudes.shape[1] - 1)] = data.sizes
    own, false = checks.compare((data.templates[np.argsort(order)], amplitudes), data)
    np.testing.assert_allclose(own[kept], data.sizes[kept])
    assert false == 0
    amplitudes[:, ::50] += 1.0
    assert checks.compare((data.templates, amplitudes), data)[1] > 20


def test_traces_keep_their_distance_and_parts_their_names():
    x = np.zeros((3, 50))
    x[1, 20] = 4.0
    ax = plotting.overlaid_traces(
        x, 1000.0, 5.0, parts={"neuron 1": x}, step=6.0, ax=plt.figure().gca()
    )
    assert list(ax.get_yticks()) == [0, -6, -12]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["neuron 1"]
    assert ax.get_xlim() == (5.0, 54.0)


def test_probe_has_a_square_for_each_contact_and_zero_in_the_middle():
    dots = plotting.probe_map(
        np.array([[0, 0], [20, 0], [0, 20]]), np.array([1.0, -3.0, 0.0]), ax=plt.figure().gca()
    )
    assert dots.get_clim() == (-3, 3)
    assert len(dots.get_offsets()) == 3


def test_recall_has_a_row_for_each_method():
    ax = plotting.recall_dots({"a": (0.9, 0.5), "b": (1.0, 0.8)}, target=0.9, ax=plt.figure().gca())
    assert [list(line.get_xdata()) for line in ax.lines[:2]] == [[0.9, 1.0], [0.5, 0.8]]
