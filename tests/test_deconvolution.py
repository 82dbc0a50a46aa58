"""helpers.deconvolution against definitions, optimality conditions, and spikes that are known."""

import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT
from scipy import optimize, stats
from scipy.optimize import linear_sum_assignment
from scipy.signal import find_peaks
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

from helpers import deconvolution as dc
from helpers.data import load_overlapping_recording
from helpers.simulate import simulate_overlapping

NEAR = 10  # samples, half a millisecond


def bins(seed, n_channels=8, n_bins=300, n_neurons=3):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(n_channels, n_neurons))
    W /= np.linalg.norm(W, axis=0)
    A = rng.exponential(8, (n_bins, n_neurons)) * (rng.random((n_bins, n_neurons)) < 0.15)
    return W @ A.T + rng.normal(size=(n_channels, n_bins)), W, A


# ---- semi-NMF


@pytest.mark.parametrize("seed", range(3))
def test_no_other_waveform_is_more_probable(seed):
    """Truth: the log joint itself, on a hundred directions nearby and anywhere."""
    R, _, A = bins(seed)
    a, rng = A[:, 0], np.random.default_rng(seed)
    w = dc.update_waveform(R, a)
    best = dc.log_joint(R, w[:, None], a[:, None], 1.0, 1.0)
    for size in [0.01] * 50 + [10.0] * 50:
        other = w + size * rng.normal(size=len(w))
        other /= np.linalg.norm(other)
        assert dc.log_joint(R, other[:, None], a[:, None], 1.0, 1.0) < best


@pytest.mark.parametrize("lam, sigma", [(0.5, 1.0), (2.0, 0.7), (1.0, 3.0)])
def test_amplitudes_maximise_the_log_joint_bin_by_bin(lam, sigma):
    """Truth: a bounded search along each amplitude."""
    R, W, _ = bins(1, n_bins=12)
    w = W[:, 0]
    for r, a in zip(R.T, dc.update_amplitudes(R, w, lam, sigma), strict=True):
        found = optimize.minimize_scalar(
            lambda a, r=r: np.sum((r - w * a) ** 2) / (2 * sigma**2) + lam * a,
            bounds=(0, 100),
            method="bounded",
            options={"xatol": 1e-9},
        )
        assert a == pytest.approx(found.x, abs=1e-5)


def test_log_joint_is_that_of_scipys_densities():
    X, W, A = bins(2)
    expected = stats.norm(W @ A.T, 1.3).logpdf(X).sum() + stats.expon(scale=1 / 0.7).logpdf(A).sum()
    assert dc.log_joint(X, W, A, 0.7, 1.3) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n_neurons, lam", [(1, 1.0), (3, 1.0), (8, 4.0), (5, 1000.0)])
@pytest.mark.parametrize("seed", range(5))
def test_log_joint_never_falls_and_belongs_to_the_result(seed, n_neurons, lam):
    X, *_ = bins(seed)
    W, A, climb = dc.fit_seminmf(X, n_neurons, lam, 1.0, 40, seed)
    assert np.diff(climb).min() >= -1e-11 * np.abs(climb).max()  # rounding
    assert climb[-1] == pytest.approx(dc.log_joint(X, W, A, lam, 1.0), rel=1e-11)
    assert A.min() >= 0
    np.testing.assert_allclose(np.linalg.norm(W, axis=0), 1, rtol=1e-12)


def test_at_the_end_no_single_update_changes_anything():
    X, *_ = bins(3, n_bins=dc.CHUNK + 100)  # more than one chunk
    W, A, _ = dc.fit_seminmf(X, 3, 1.0, 1.0, 500, 0)
    for k in range(3):
        R = X - np.delete(W, k, 1) @ np.delete(A, k, 1).T
        np.testing.assert_allclose(dc.update_waveform(R, A[:, k]), W[:, k], atol=1e-9)
        np.testing.assert_allclose(dc.update_amplitudes(R, W[:, k], 1.0, 1.0), A[:, k], atol=1e-7)


def test_best_start_finds_the_waveforms():
    X, W, A = bins(4, n_bins=1000)
    fits = [dc.fit_seminmf(X, 3, 1.0, 1.0, 100, seed) for seed in range(5)]
    found, _, climb = max(fits, key=lambda fit: fit[2][-1])
    cosine = np.abs(W.T @ found)
    rows, columns = linear_sum_assignment(-cosine)
    assert cosine[rows, columns].min() > 0.98
    assert climb[-1] > dc.log_joint(X, W, A, 1.0, 1.0)


# ---- scores and templates


@pytest.mark.parametrize("shape", [(3, 5, 9, 60), (1, 1, 1, 10), (4, 7, 30, 30), (2, 3, 20, 500)])
def test_scores_are_those_of_the_definition(shape):
    n_neurons, n_channels, width, n = shape
    rng = np.random.default_rng(n)
    R, W = rng.normal(size=(n_channels, n)), rng.normal(size=(n_neurons, n_channels, width))
    expected = [[np.sum(R[:, t : t + width] * w) for t in range(n - width + 1)] for w in W]
    np.testing.assert_allclose(dc.score_templates(R, W), expected, atol=1e-11)


def test_correlation_is_the_transpose_of_convolution():
    """⟨a ⊛ W, R⟩ = ⟨a, R ⋆ W⟩ for any a."""
    rng = np.random.default_rng(0)
    W, a, R = rng.normal(size=(2, 4, 11)), rng.normal(size=(2, 60)), rng.normal(size=(4, 70))
    left = np.sum(dc.reconstruct(W, a) * R)
    assert left == pytest.approx(np.sum(a * dc.score_templates(R, W)), rel=1e-12)


def test_lone_spike_scores_its_amplitude_and_comes_out_smaller_by_the_prior():
    W = dc.update_template(np.outer([1, 2, -1.0], np.hanning(15)), 1)[None]
    a = np.zeros((1, 186))
    a[0, 70] = 12.0
    X = dc.reconstruct(W, a)
    assert dc.score_templates(X, W)[0, 70] == pytest.approx(12, rel=1e-12)
    templates, amplitudes = dc.fit_deconvolution(X, 1, 15, lam=2.0, sigma=1.5, n_iters=10)
    (spikes,) = amplitudes[amplitudes > 0][None]
    assert spikes == pytest.approx([12 - 2 * 1.5**2], rel=1e-9)
    assert np.abs(dc.score_templates(X, templates)).max() == pytest.approx(12, rel=1e-9)


@pytest.mark.parametrize("rank", [1, 2, 4, 9])
def test_template_is_the_closest_direction_of_its_rank(rank):
    """Truth: Eckart and Young; no random direction of that rank has a larger product with the target."""
    rng = np.random.default_rng(rank)
    G = rng.normal(size=(6, 13))
    W = dc.update_template(G, rank)
    assert np.linalg.norm(W) == pytest.approx(1, rel=1e-12)
    assert np.linalg.matrix_rank(W, tol=1e-9) <= rank
    s = np.linalg.svd(G, compute_uv=False)
    assert np.sum(W * G) == pytest.approx(np.linalg.norm(s[:rank]), rel=1e-12)


# ---- whole recordings


def spikes_of(templates, amplitudes):
    trough = np.array([np.unravel_index(w.argmin(), w.shape)[1] for w in templates])
    unit, start = np.nonzero(amplitudes)
    return start + trough[unit], unit


def recall_and_precision(recording, times, units):
    """Recall of overlapping spikes, and precision, with the one-to-one match that finds most."""
    true, of = recording.true_times, recording.true_units
    n = recording.n_units
    close = np.array([_near(true, times[units == k]) for k in range(n)]).T
    table = np.array([close[of == j].sum(axis=0) for j in range(n)])
    partner = linear_sum_assignment(-table)[1]
    found = close[np.arange(len(true)), partner[of]]
    overlap = (np.abs(true[:, None] - true) < NEAR) & (of[:, None] != of)
    right = [_near(times[units == partner[j]], true[of == j]).sum() for j in range(n)]
    return found[overlap.any(axis=1)].mean(), sum(right) / len(times)


def _near(times, others):
    if not len(others) or not len(times):
        return np.zeros(len(times), bool)
    return np.abs(times[:, None] - others).min(axis=1) < NEAR


def in_noise(recording):
    return recording.x / (np.median(np.abs(recording.x)) / 0.6745)


def threshold_and_cluster(X, n_neurons):
    times = find_peaks(-X.min(axis=0), height=5, distance=20)[0]
    times = times[(times >= 12) & (times < X.shape[1] - 28)]
    windows = np.array([X[:, t - 12 : t + 28].ravel() for t in times])
    features = PCA(12, random_state=0).fit_transform(windows)
    mixture = GaussianMixture(n_neurons, n_init=5, reg_covar=1e-3, random_state=0)
    return times, mixture.fit(features).predict(features)


@pytest.mark.parametrize("seed", [None, 5])
def test_overlapping_spikes_are_found_where_thresholds_lose_them(seed):
    recording = load_overlapping_recording() if seed is None else simulate_overlapping(seed)
    X = in_noise(recording)
    old, _ = recall_and_precision(recording, *threshold_and_cluster(X, 10))
    fits = [dc.fit_deconvolution(X, 10, 40, rank=2, random_seed=s) for s in range(4)]
    best = max(fits, key=lambda f: -np.sum((X - dc.reconstruct(*f)) ** 2) / 2 - 5 * f[1].sum())
    new, precision = recall_and_precision(recording, *spikes_of(*best))
    assert old < 0.6
    assert new >= 0.9
    # With another seed the best of four starts may have ended in a local optimum, with false spikes.
    assert precision >= (0.95 if seed is None else 0.6)


@pytest.fixture(scope="module")
def short():
    return in_noise(simulate_overlapping(2, duration=0.5))


def test_results_are_what_they_should_be_and_the_data_stay(short):
    before = short.copy()
    templates, amplitudes = dc.fit_deconvolution(short, 10, 40, rank=2, n_iters=5, random_seed=1)
    np.testing.assert_array_equal(short, before)
    np.testing.assert_allclose(np.linalg.norm(templates, axis=(1, 2)), 1, rtol=1e-12)
    assert np.linalg.svd(templates, compute_uv=False)[:, 2:].max() < 1e-12
    assert amplitudes.min() >= 0
    for a in amplitudes:
        assert np.diff(np.flatnonzero(a)).min(initial=40) >= 40
    again = dc.fit_deconvolution(short, 10, 40, rank=2, n_iters=5, random_seed=1)[1]
    np.testing.assert_array_equal(again, amplitudes)


def test_neurons_without_spikes_do_no_harm():
    quiet = np.random.default_rng(0).normal(size=(3, 200))
    templates, amplitudes = dc.fit_deconvolution(quiet, 2, 20, lam=50.0, n_iters=3)
    assert np.all(np.isfinite(templates)) and not amplitudes.any()
    templates, _ = dc.fit_deconvolution(np.zeros((3, 200)), 2, 20, n_iters=2)
    np.testing.assert_allclose(np.linalg.norm(templates, axis=(1, 2)), 1)


@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_tensors_give_the_same_spikes_by_the_same_call(short, kind):
    torch = pytest.importorskip("torch", reason="tensors need torch: `make deep`")
    devices = ["cpu"] + ["cuda"] * torch.cuda.is_available()
    templates, amplitudes = dc.fit_deconvolution(short, 4, 40, n_iters=3)
    for device in devices:
        x = torch.tensor(short, dtype=getattr(torch, kind), device=device)
        theirs, spikes = dc.fit_deconvolution(x, 4, 40, n_iters=3)
        assert theirs.device == x.device and theirs.dtype == x.dtype
        tolerance = 1e-9 if kind == "float64" else 1e-3
        np.testing.assert_allclose(theirs.cpu(), templates, atol=tolerance)
        np.testing.assert_allclose(spikes.cpu(), amplitudes, atol=tolerance)
        score = dc.score_templates(x, theirs).cpu()
        np.testing.assert_allclose(score, dc.score_templates(short, templates), atol=tolerance)


def test_arrays_need_no_torch():
    code = (
        "import sys\n"
        "import numpy as np; from helpers import deconvolution as d\n"
        "X = np.random.default_rng(0).normal(size=(3, 300)); X[:, 50:60] += 9\n"
        "assert d.fit_deconvolution(X, 1, 20, n_iters=2)[1].any()\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    "X, width, words",
    [
        (np.zeros(50), 5, r"X should be \(n_channels, n_samples\)"),
        (np.zeros((2, 30)), 31, "do not fit into 30 samples"),
        (np.full((2, 30), np.nan), 5, "not finite"),
    ],
)
def test_what_cannot_be_fitted_is_refused(X, width, words):
    with pytest.raises(ValueError, match=words):
        dc.fit_deconvolution(X, 1, width)


def test_a_waveform_without_amplitudes_is_refused():
    with pytest.raises(ValueError, match="not all 0"):
        dc.update_waveform(np.ones((3, 10)), np.zeros(10))
