"""Spikes that overlap: the voltage as a sum of what each neuron adds, fitted by coordinate ascent.

Semi-NMF: each time bin is a sum of waveforms w_k (one number per channel, length 1) with amplitudes ≥ 0,

    X = W Aᵀ + E,   ‖w_k‖ = 1,   a_tk ~ Exp(λ),   E ~ N(0, σ²).

With R the data without the other neurons, the best waveform is R a_k / ‖R a_k‖ and the best
amplitudes are max(0, Rᵀw_k − λσ²). Both need only WᵀX, XA and K × K matrices: the residual itself is
never formed, and one pass over the data does a whole iteration.

Deconvolution: each spike adds a template over width D, of rank R and Frobenius norm 1,

    X_n = Σ_k a_k ⊛ W_k[n] + E,   W_k = U_k V_k.

The score of neuron k, s_t = Σ_nd R[n, t+d] W_k[n, d], is what its amplitude would be at t without a
prior. Where s peaks above λσ², peaks at least D apart, there is a spike of amplitude s − λσ²; its
template becomes Σ_t a_t R[:, t:t+D], cut to rank R and norm 1. A neuron without spikes starts anew, from
a loud piece of what no neuron explains; and in some early iterations the weakest one, whose Σ a² is
smallest, loses its spikes, since without them the log joint falls by no more than Σ a² / 2σ². Picking
peaks is a heuristic, so the fit may fall a little.

Channels are projected before anything is correlated: U_kᵀR = U_kᵀX − Σ_j (U_kᵀU_j) Z_j with
Z_j = a_j ⊛ V_j, a few rows in place of N. On a CPU `np.correlate` is then as fast as torch in single
precision, and many times faster than its `conv1d` in double: so arrays need no torch. Give torch
tensors, on whatever device, and the same calls work there, with `conv1d` (which correlates: it does not
flip).

Arguments that cannot be used raise a ValueError that says why.

Sources: Ding, Li and Jordan 2010, IEEE Trans Pattern Anal Mach Intell 32:45 (semi-NMF); Linderman,
Machine Learning Methods for Neural Data Analysis (both models, MAP by coordinate ascent); Pachitariu et
al. 2016, NeurIPS 29:4448 (Kilosort: low-rank templates and deconvolution by template matching).
"""

import sys

import numpy as np
from scipy.signal import find_peaks

CHUNK = 2048  # columns of the data that are worked on at a time
RESTARTS = 3, 5, 7, 9, 11  # before these iterations, counted from 0, the weakest neuron starts anew


# ---- semi-NMF


def update_waveform(R, a):
    """Return the best waveform for given amplitudes, R a / ‖R a‖.

    Parameters
    ----------
    R : (n_channels, n_bins) array
        The data without the other neurons.
    a : (n_bins,) array
        Amplitudes, not all 0.

    Returns
    -------
    (n_channels,) array
        Of length 1.
    """
    return _unit(R @ a)


def update_amplitudes(R, w, lam, sigma):
    """Return the best amplitudes for a given waveform of length 1, max(0, Rᵀw − λσ²).

    Parameters
    ----------
    R : (n_channels, n_bins) array
        The data without the other neurons.
    w : (n_channels,) array
    lam : float
        Rate of the exponential prior on amplitudes, in 1 / unit of the data.
    sigma : float
        Standard deviation of the noise.

    Returns
    -------
    (n_bins,) array
    """
    return np.maximum(0, R.T @ w - lam * sigma**2)


def log_joint(X, W, A, lam, sigma):
    """Return ln p(X | W, A) + ln p(A), natural logarithm; the prior of W is uniform and left out.

    −NT/2 ln 2πσ² − ‖X − WAᵀ‖²/2σ² + KT ln λ − λ ΣA.

    Parameters
    ----------
    X : (n_channels, n_bins) array
    W : (n_channels, n_neurons) array
    A : (n_bins, n_neurons) array
        Amplitudes, at least 0.
    lam, sigma : float
        See `update_amplitudes`.

    Returns
    -------
    float
    """
    return _log_joint(np.sum((X - W @ A.T) ** 2), A.sum(), X.size, A.size, lam, sigma)


def fit_seminmf(X, n_neurons, lam, sigma, n_iters=50, random_seed=0):
    """Fit waveforms and amplitudes by coordinate ascent on the log joint.

    Each iteration updates the amplitudes of all neurons in turn, then all waveforms. Waveforms start
    as loud bins of the data, drawn with probability ∝ ‖x_t‖⁴; so does a neuron without amplitudes.

    Parameters
    ----------
    X : (n_channels, n_bins) array
    n_neurons : int
    lam, sigma : float
        See `update_amplitudes`.
    n_iters, random_seed : int

    Returns
    -------
    W : (n_channels, n_neurons) array
    A : (n_bins, n_neurons) array
    log_joints : (n_iters,) array
        After each iteration; it never falls.
    """
    X = _signal(X)
    rng, energy = np.random.default_rng(random_seed), np.vdot(X, X)
    W = new_waveforms(X, n_neurons, rng)
    A = np.zeros((n_neurons, X.shape[1]))
    log_joints = []
    for _ in range(n_iters):
        XA, AA = _all_amplitudes(X, W, A, lam, sigma)
        for k in range(n_neurons):
            if AA[k, k] > 0:
                W[:, k] = _unit(XA[:, k] - W @ AA[k] + W[:, k] * AA[k, k])
            else:
                W[:, k] = new_waveforms(X, 1, rng)[:, 0]
        squares = energy - 2 * np.sum(W * XA) + np.sum((W.T @ W) * AA)
        log_joints.append(_log_joint(squares, A.sum(), X.size, A.size, lam, sigma))
    return W, A.T, np.array(log_joints)


def _all_amplitudes(X, W, A, lam, sigma):
    """Update the amplitudes A (n_neurons, n_bins) in place; return XAᵀ and AAᵀ."""
    n_neurons = len(A)
    others = W.T @ W
    np.fill_diagonal(others, 0)  # a neuron is not subtracted from itself
    XA, AA = np.zeros_like(W), np.zeros((n_neurons, n_neurons))
    for start in range(0, X.shape[1], CHUNK):
        x, a = X[:, start : start + CHUNK], A[:, start : start + CHUNK]
        drive = W.T @ x
        drive -= lam * sigma**2
        for k in range(n_neurons):
            np.maximum(0, drive[k] - others[k] @ a, out=a[k])
        XA += x @ a.T
        AA += a @ a.T
    return XA, AA


def new_waveforms(X, n, rng):
    """Return n loud columns of X, made length 1, drawn with probability ∝ ‖x_t‖⁴.

    Parameters
    ----------
    X : (n_channels, n_bins) array
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    (n_channels, n) array
    """
    p = np.einsum("nt,nt->t", X, X) ** 2
    columns = X[:, rng.choice(len(p), n, replace=False, p=p / p.sum())]
    return columns / np.linalg.norm(columns, axis=0)


def _log_joint(squares, total, n_data, n_amplitudes, lam, sigma):
    likelihood = -n_data / 2 * np.log(2 * np.pi * sigma**2) - squares / (2 * sigma**2)
    return float(likelihood + n_amplitudes * np.log(lam) - lam * total)


def _unit(x):
    length = np.linalg.norm(x)
    if not length > 0:
        raise ValueError("A direction needs data and amplitudes that are not all 0.")
    return x / length


# ---- deconvolution


def score_templates(R, templates):
    """Correlate every template with the data: s_kt = Σ_nd R[n, t+d] W_k[n, d].

    Parameters
    ----------
    R : (n_channels, n_samples) array or torch tensor
    templates : (n_neurons, n_channels, width) array, or tensor on the same device
        The lower their rank the faster.

    Returns
    -------
    (n_neurons, n_samples − width + 1) array or tensor
    """
    U, V = _factors(templates)
    return _stack([_correlate(u.T @ R, v) for u, v in zip(U, V, strict=True)])


def update_template(target, rank):
    """Return the closest direction of so low a rank: U diag(s̄) Vᵀ, s̄ = s_{:R} / ‖s_{:R}‖.

    Parameters
    ----------
    target : (n_channels, width) array
    rank : int

    Returns
    -------
    (n_channels, width) array
        Frobenius norm 1, rank at most `rank`.
    """
    U, V = _low_rank(target, rank)
    return U @ V


def _low_rank(target, rank):
    """U (n_channels, rank) and V (rank, width), whose product is the template closest to a direction."""
    U, s, V = np.linalg.svd(target, full_matrices=False)
    return U[:, :rank], _unit(s[:rank])[:, None] * V[:rank]


def fit_deconvolution(X, n_neurons, width, rank=1, lam=5.0, sigma=1.0, n_iters=20, random_seed=0):
    """Fit templates and the times and amplitudes of their spikes by coordinate ascent.

    Parameters
    ----------
    X : (n_channels, n_samples) array or torch tensor
        Tensors are worked on where they are, and the results lie there too.
    n_neurons : int
    width : int
        Samples of a template, D.
    rank : int
    lam, sigma : float
        See `update_amplitudes`.
    n_iters, random_seed : int

    Returns
    -------
    templates : (n_neurons, n_channels, width) array or tensor
    amplitudes : (n_neurons, n_samples − width + 1) array or tensor
        0 where there is no spike; those of one neuron are at least `width` apart.
    """
    X = _signal(X)
    if width > X.shape[1]:
        raise ValueError(f"Templates of {width} samples do not fit into {X.shape[1]} samples.")
    rng = np.random.default_rng(random_seed)
    model = _Model(X, n_neurons, width, min(rank, X.shape[0], width))
    for iteration in range(n_iters):
        if iteration in RESTARTS:
            model.set_spikes(model.weakest(), np.zeros(0, int), _zeros(X, (0,)))
        projected = model.projected()
        for k in range(n_neurons):
            if not len(model.times[k]):
                window = new_template(_numpy(model.residual()), width, rng)
                model.set_template(k, window)
                projected[k] = model.U[k].T @ X
            score = model.score(k, projected[k])
            peaks = pick_peaks(_numpy(score), lam * sigma**2, width)
            model.set_spikes(k, peaks, score[_like(peaks, X)] - lam * sigma**2)
            if len(peaks):
                model.set_template(k, model.target(k))
    return model.templates(), model.amplitudes()


def pick_peaks(score, threshold, distance):
    """Return the times of the peaks above a threshold; of two that are too close the higher stays.

    Parameters
    ----------
    score : (n,) array
    threshold : float
    distance : int
        Samples.

    Returns
    -------
    (n_peaks,) int array
    """
    return find_peaks(score, height=threshold, distance=distance)[0]


def new_template(R, width, rng):
    """Return a loud piece of what is left, of Frobenius norm 1, drawn at random.

    The energy in a bell-shaped window around each time, less its mean, to the fourth power, gives the
    probability: there are many windows with noise alone, so that a lower power would mostly draw these.
    Then the window moves to the loudest place nearby, so that the spike lies in its middle.

    Parameters
    ----------
    R : (n_channels, n_samples) array
    width : int
        Samples.
    rng : numpy.random.Generator

    Returns
    -------
    (n_channels, width) array
    """
    energy = np.convolve((R**2).sum(axis=0), np.hanning(width + 2)[1:-1], "valid")
    p = np.maximum(energy - energy.mean(), 0) ** 4
    if not p.any():
        return _unit(rng.standard_normal((len(R), width)))
    t = rng.choice(len(p), p=p / p.sum())
    first = max(t - width // 2, 0)
    t = first + np.argmax(energy[first : t + width // 2 + 1])
    return _unit(R[:, t : t + width])


def reconstruct(templates, amplitudes):
    """Return Σ_k a_k ⊛ W_k, what the spikes add up to: (n_channels, n_samples) array.

    Parameters
    ----------
    templates : (n_neurons, n_channels, width) array
    amplitudes : (n_neurons, n_samples − width + 1) array
    """
    _, n_channels, width = templates.shape
    x = np.zeros((n_channels, amplitudes.shape[1] + width - 1))
    for k, t in zip(*np.nonzero(amplitudes), strict=True):
        x[:, t : t + width] += amplitudes[k, t] * templates[k]
    return x


class _Model:
    """Templates U V (n_channels, rank) (rank, width), their spikes, and Z = a ⊛ V (rank, n_samples)."""

    def __init__(self, X, n_neurons, width, rank):
        self.X, self.width, self.rank = X, width, rank
        self.U = [_zeros(X, (len(X), rank)) for _ in range(n_neurons)]
        self.V = [_zeros(X, (rank, width)) for _ in range(n_neurons)]
        self.Z = _zeros(X, (n_neurons * rank, X.shape[1]))
        self.times = [np.zeros(0, int)] * n_neurons
        self.sizes = [_zeros(X, (0,))] * n_neurons

    def rows(self, k):
        """Where neuron k's part of Z is."""
        return slice(k * self.rank, (k + 1) * self.rank)

    def projected(self):
        """UᵀX of all neurons, one product for all: a list of (rank, n_samples)."""
        y = _side_by_side(self.U).T @ self.X
        return [y[self.rows(k)] for k in range(len(self.U))]

    def overlap(self, k):
        """U_kᵀU_j for all neurons j but k: (rank, n_neurons · rank)."""
        G = self.U[k].T @ _side_by_side(self.U)
        G[:, self.rows(k)] = 0
        return G

    def score(self, k, projected):
        """Correlate template k with the data without the other neurons."""
        return _correlate(projected - self.overlap(k) @ self.Z, self.V[k])

    def windows(self, k):
        """The samples under each spike of neuron k: (n_spikes, width)."""
        return _like(self.times[k][:, None] + np.arange(self.width), self.X)

    def set_spikes(self, k, times, sizes):
        """Give neuron k these spikes; Z follows with its template."""
        self.Z[self.rows(k), self.windows(k)] = 0
        self.times[k], self.sizes[k] = times, sizes

    def weakest(self):
        """The neuron whose spikes explain least."""
        return int(np.argmin([float((size**2).sum()) for size in self.sizes]))

    def set_template(self, k, target):
        """Give neuron k the template closest to this direction."""
        self.U[k], self.V[k] = (
            _like(part, self.X) for part in _low_rank(_numpy(target), self.rank)
        )
        self.Z[self.rows(k), self.windows(k)] = self.sizes[k][:, None] * self.V[k][:, None]

    def target(self, k):
        """Σ_t a_t R[:, t:t+D] over the spikes of neuron k, R without the other neurons."""
        windows, a = self.windows(k), self.sizes[k]
        others = self.Z[:, windows]
        others[self.rows(k)] = 0
        data = (self.X[:, windows] * a[:, None]).sum(1)
        return data - _side_by_side(self.U) @ (others * a[:, None]).sum(1)

    def residual(self):
        """X without all neurons."""
        return self.X - _side_by_side(self.U) @ self.Z

    def templates(self):
        return _stack([U @ V for U, V in zip(self.U, self.V, strict=True)])

    def amplitudes(self):
        a = _zeros(self.X, (len(self.U), self.X.shape[1] - self.width + 1))
        for k, (t, size) in enumerate(zip(self.times, self.sizes, strict=True)):
            a[k, _like(t, self.X)] = size
        return a


# ---- arrays and tensors


def _factors(templates):
    """U (n_neurons, n_channels, rank) and V (n_neurons, rank, width) with U V = templates."""
    U, s, V = np.linalg.svd(_numpy(templates), full_matrices=False)
    rank = max(1, int(np.max(np.sum(s > 1e-12 * s.max(), axis=-1), initial=1)))
    V = s[:, :rank, None] * V[:, :rank]
    return _like(U[:, :, :rank], templates), _like(V, templates)


def _correlate(y, v):
    """s_t = Σ_rd y[r, t+d] v[r, d]: (n_samples − width + 1,)."""
    if _is_tensor(y):
        return sys.modules["torch"].nn.functional.conv1d(y[None], v[None])[0, 0]
    return sum(np.correlate(row, course, "valid") for row, course in zip(y, v, strict=True))


def _is_tensor(x):
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, torch.Tensor)


def _signal(X):
    """A float array or tensor, or the reason why not."""
    X = X if _is_tensor(X) else np.ascontiguousarray(X, float)
    if X.ndim != 2 or not X.shape[0] or not X.shape[1]:
        raise ValueError(f"X should be (n_channels, n_samples), but has shape {tuple(X.shape)}.")
    if not bool((X - X == 0).all()):
        raise ValueError("X holds values that are not finite.")
    return X


def _numpy(x):
    return x.detach().cpu().numpy().astype(float) if _is_tensor(x) else x


def _like(x, other):
    """x as a tensor beside `other`, if that is one; floats take its precision."""
    if not _is_tensor(other):
        return x
    kind = other.dtype if x.dtype.kind == "f" else None
    return sys.modules["torch"].as_tensor(np.ascontiguousarray(x), dtype=kind, device=other.device)


def _zeros(like, shape):
    return like.new_zeros(shape) if _is_tensor(like) else np.zeros(shape)


def _stack(parts):
    return sys.modules["torch"].stack(parts) if _is_tensor(parts[0]) else np.stack(parts)


def _side_by_side(parts):
    return sys.modules["torch"].hstack(parts) if _is_tensor(parts[0]) else np.hstack(parts)
