"""Mixtures of t-distributions whose means drift: sorting spikes while the electrode moves.

Spike n falls into time block b(n) = floor(t_n / block). Its features come from

    p(x_n) = Σ_k p_k t_ν(x_n; m_k,b(n), S_k),   m_k,b = m_k,b−1 + w,   w ~ N(0, Q),

a mixture whose means walk from block to block while the scale matrices S_k and the weights p_k
stay. A t-distribution is a Gaussian whose precision is multiplied by a hidden gamma variable: its
expected value u = (ν + d)/(ν + δ), δ = (x − m)ᵀ S⁻¹ (x − m), makes outliers count less. So a round
of EM has responsibilities z and weights g = z·u, and the means of a cluster are those of a Kalman
smoother that sees, in each block, Σ g spikes with covariance S_k:

    S_k = Σ g (x − m)(x − m)ᵀ / Σ z,   p_k = Σ z / n,   m_k by `smooth_means` with the old S_k.

Every round raises log p(x | m, S, p) − ½ Σ_k,b (m_k,b − m_k,b−1)ᵀ Q⁻¹ (m_k,b − m_k,b−1). One block is
the static mixture of t-distributions, ν → ∞ that of Gaussians (`helpers.mixture`). The E-step is
that of `helpers.mixture`, one matrix product for a stretch of points; only the part of it that is
linear in x changes from block to block. Time grows linearly with the points and with the blocks.

Rules of every fit: means start the same in all blocks, by the k-means++ of `helpers.mixture`, scale
matrices as the covariance of x, weights equal. A scale matrix with an eigenvalue below
floor = 1e-6 · trace(cov(x)) / d has collapsed: floor · I is added. A component with fewer than 2 d
points (Σ z) starves: it keeps its means and its scale matrix.

In all functions x is (n, d), µV; t (n,), s from the start of the session; m (K, d), or (K, T, d) for
T blocks; S (K, d, d), scale matrices (the covariance is ν/(ν − 2)·S); p (K,); nu is ν > 0.
Log-likelihoods are sums over the points, in nats. Arguments that cannot be used raise a ValueError
that says why.

Sources: Shan, Lubenov and Siapas 2017, J Neurosci Methods 288:82 (mixture of drifting
t-distributions); Peel and McLachlan 2000, Stat Comput 10:339 (EM for t-mixtures); Calabrese and
Paninski 2011, J Neurosci Methods 196:159 (Kalman filter mixture for spikes); Rauch, Tung and Striebel
1965, AIAA J 3:1445 (smoother).
"""

import numpy as np
from scipy.special import betaln, gammaln

from helpers.mixture import (
    BLOCK,
    CANCELLATION,
    _array,
    _Data,
    _lift,
    _normalise,
    _one_blas_thread,
    _parameters,
    _points,
    _whole_number,
    kmeans_plus_plus,
)

NEARLY_GAUSSIAN = 1e4  # ν above which log(1 + δ/ν) needs log1p, which is many times slower


def t_logpdf(x, m, S, nu):
    """Return the log density of t_ν(m, S) at each point, (n,).

    ln Γ((ν+d)/2) − ln Γ(ν/2) − ½ ln|νπS| − ((ν+d)/2) ln(1 + δ/ν),  δ = (x − m)ᵀ S⁻¹ (x − m).

    Parameters
    ----------
    x : (n, d) array
    m : (d,) array
    S : (d, d) array
        Scale matrix: the covariance is ν/(ν − 2)·S.
    nu : float
        Degrees of freedom, above 0.
    """
    x = _points(x)
    d = x.shape[1]
    m = _array(m, "m", (d,), "one entry per dimension of x")
    _, S, _ = _parameters(m[None], np.asarray(S, dtype=float)[None], [1.0], d)
    root = np.linalg.cholesky(S[0])
    white = np.linalg.solve(root, (x - m).T)
    return _log_t(_positive(nu, "nu"), d, root) - _tail(nu, d, (white**2).sum(axis=0))


def fit_mot(x, n_clusters, nu=4.0, n_iters=20, random_seed=0):
    """Fit a static mixture of t-distributions by n_iters rounds of EM.

    Returns labels (n,) int, the most probable component of each point under the returned
    parameters, and m (K, d), S, p. random_seed decides the k-means++ start.
    """
    t = np.zeros(len(_points(x)))
    labels, m, S, p = fit_drifting_mot(x, t, n_clusters, nu, 1.0, 1.0, n_iters, random_seed)
    return labels, m[:, 0], S, p


def smooth_means(weights, sums, C, Q):
    """Return the posterior mean track (T, d) of a cluster that walks with covariance Q per block.

    The prior of the first block is flat. With A_b = weights_b C⁻¹ the track solves, block by block,

        A_b m_b + Q⁻¹ (m_b − m_b−1) + Q⁻¹ (m_b − m_b+1) = C⁻¹ sums_b,

    without m_b−1 in the first and m_b+1 in the last. In coordinates where C is the identity and Q
    diagonal these are d separate chains, solved forwards (information filter) and backwards
    (smoother) without a difference of large numbers, however small Q is.

    Parameters
    ----------
    weights : (T,) array
        Σ g of the spikes in each block, at least 0 and not all 0.
    sums : (T, d) array
        Σ g x of the spikes in each block, µV.
    C : (d, d) array
        Covariance of one spike with weight 1, µV².
    Q : (d, d) array
        Covariance of the step from block to block, µV².
    """
    sums = _array(sums, "sums", (None, None), "one row per block, one column per dimension")
    T, d = sums.shape
    weights = _array(weights, "weights", (T,), "one for each row of sums")
    if weights.min() < 0 or not weights.any():
        raise ValueError("weights must be at least 0, and above 0 in some block.")
    _, C, _ = _parameters(sums[:1], np.asarray(C, dtype=float)[None], [1.0], d)
    return _tracks(weights[None], sums[None], C, _step(Q, d))[0]


def fit_drifting_mot(
    x, t, n_clusters, nu=4.0, block=60.0, Q=0.03, n_iters=50, random_seed=0
):  # fmt: skip
    """Fit a mixture of drifting t-distributions by n_iters rounds of EM.

    Parameters
    ----------
    x : (n, d) array
        µV.
    t : (n,) array
        s, at least 0, in any order.
    n_clusters : int
    nu : float
    block : float
        Length of a time block, s.
    Q : float or (d, d) array
        Covariance of a mean's step from block to block, µV²; a number stands for that times I.
    n_iters : int
    random_seed : int
        Decides the k-means++ start.

    Returns
    -------
    labels : (n,) int array
        The most probable component of each point under the returned parameters.
    m : (K, T, d) array
        T = floor(max(t) / block) + 1.
    S : (K, d, d) array
    p : (K,) array
    """
    fit = fit_best(x, t, n_clusters, nu, block, Q, 1, n_iters, -np.inf, random_seed)
    return fit[:4]


def fit_best(
    x, t, n_clusters, nu=4.0, block=60.0, Q=0.03, n_starts=10, n_iters=200, tol=1e-4, random_seed=0
):
    """Fit as `fit_drifting_mot` does from several k-means++ starts and return the best fit.

    A start ends after n_iters rounds, or once a round gains less than tol nats per point. All
    starts draw from one generator: the first is the start of `fit_drifting_mot` with that seed.
    Returns labels, m (K, T, d), S, p and the objective of the head of this module, whose largest
    value decides.
    """
    x, n_iters = _points(x), _whole_number(n_iters, "n_iters", least=0)
    rng, fits = np.random.default_rng(random_seed), []
    with _one_blas_thread():
        data = _Session(x, _times(t, len(x)), _positive(block, "block"))
        Q, nu = _step(Q, data.d), _positive(nu, "nu")
        for _ in range(_whole_number(n_starts, "n_starts", least=1)):
            m = kmeans_plus_plus(x, n_clusters, rng) - data.centre
            S = np.repeat(_lift(data.cov[None], data.floor), len(m), axis=0)
            m = np.repeat(m[:, None], data.n_blocks, axis=1)
            start = _Model(data, m, S, np.full(len(m), 1 / len(m)), nu)
            fits.append(_climb(data, start, Q, n_iters, tol))
    labels, m, S, p, objective = max(fits, key=lambda fit: fit[-1][-1])
    return labels, m, S, p, float(objective[-1])


def fit_by_merging(
    x, t, n_clusters, nu=4.0, block=60.0, Q=0.03, n_starts=10, n_iters=200, tol=1e-4, random_seed=0
):
    """Fit as `fit_best` does, but from starts with twice as many clusters, merged down to n_clusters.

    k-means++ often misses a small unit next to a large one; with clusters to spare it seldom does. The
    pair that is cheapest to merge is merged (Runnalls 2007; see `helpers.mixture`), EM goes on for a few
    rounds, and so on. Parameters and results are those of `fit_best`.
    """
    x, n_iters = _points(x), _whole_number(n_iters, "n_iters", least=0)
    rng, fits = np.random.default_rng(random_seed), []
    n_clusters = _whole_number(n_clusters, "n_clusters", least=1)
    with _one_blas_thread():
        data = _Session(x, _times(t, len(x)), _positive(block, "block"))
        Q, nu = _step(Q, data.d), _positive(nu, "nu")
        for _ in range(_whole_number(n_starts, "n_starts", least=1)):
            m = kmeans_plus_plus(x, min(2 * n_clusters, len(x)), rng) - data.centre
            S = np.repeat(_lift(data.cov[None], data.floor), len(m), axis=0)
            m = np.repeat(m[:, None], data.n_blocks, axis=1)
            model = _Model(data, m, S, np.full(len(m), 1 / len(m)), nu)
            for size in range(len(m), n_clusters, -1):
                for _ in range(20 if size == len(m) else 5):
                    model = _em_round(data, model, Q)[1]
                model = _merge_cheapest(data, model)
            fits.append(_climb(data, model, Q, n_iters, tol))
    labels, m, S, p, objective = max(fits, key=lambda fit: fit[-1][-1])
    return labels, m, S, p, float(objective[-1])


def em(x, t, m, S, p, n_iters, nu=4.0, block=60.0, Q=0.03):
    """Run n_iters rounds of EM from the given parameters, m (K, T, d).

    Returns m, S, p and the objective (n_iters + 1,): at the start and after each round.
    """
    n_iters = _whole_number(n_iters, "n_iters", least=0)
    with _one_blas_thread():
        data, model = _given(x, t, m, S, p, nu, block)
        return _climb(data, model, _step(Q, data.d), n_iters, tol=-np.inf)[1:]


def log_likelihood(x, t, m, S, p, nu=4.0, block=60.0):
    """Return Σ_n log Σ_k p_k t_ν(x_n; m_k,b(n), S_k); the points may be others than those fitted.

    Held-out points show which Q, ν or number of clusters is right; m is (K, T, d).
    """
    with _one_blas_thread():
        return float(sum(log_p.sum() for *_, log_p in _e_step(*_given(x, t, m, S, p, nu, block))))


class _Session(_Data):
    """The points, centred, one row per dimension, in the order of their time blocks."""

    def __init__(self, x, t, block, n_blocks=None):
        index = np.floor(t / block)
        self.n_blocks = n_blocks or int(index.max()) + 1
        self.order = np.argsort(index, kind="stable")
        super().__init__(x[self.order])
        edges = np.searchsorted(index[self.order], np.arange(self.n_blocks + 1))
        self.pieces = [
            (b, low, min(low + BLOCK, edges[b + 1]))
            for b in np.flatnonzero(np.diff(edges))
            for low in range(edges[b], edges[b + 1], BLOCK)
        ]


class _Model:
    """Parameters (means relative to the centre) and what the E-step derives from them."""

    def __init__(self, data, m, S, p, nu):
        self.m, self.S, self.p, self.nu, d = m, S, p, nu, data.d
        root = np.linalg.cholesky(S)
        self.whitening = np.linalg.inv(root)
        C = self.whitening.transpose(0, 2, 1) @ self.whitening
        with np.errstate(divide="ignore"):  # a weight of zero: log density −∞
            self.const = np.log(p) + _log_t(nu, d, root)
        Cm = m @ C
        quadratic = np.where(data.i == data.j, 1.0, 2.0) * C[:, data.i, data.j]
        # OpenBLAS works on eight rows at a time: the rest are zeros that nobody looks at.
        self.quadratic = np.zeros((-(-len(p) // 8) * 8, len(data.i) + d + 1))
        self.quadratic[: len(p), : len(data.i)] = quadratic
        linear = np.concatenate([-2 * Cm, (m * Cm).sum(axis=2, keepdims=True)], axis=2)
        self.linear = np.ascontiguousarray(linear.transpose(1, 0, 2))
        self.cancels = (data.reach @ np.abs(C) @ data.reach).max() > CANCELLATION


def _e_step(data, model):
    """Yield block, points, features, z, g (rows: components, then zeros) and log p of each piece.

    The arrays are overwritten by the next piece.
    """
    K, d = len(model.p), data.d
    weights = model.quadratic.copy()
    features, distance = (np.zeros((rows, BLOCK)) for rows in weights.T.shape)
    r, g = np.zeros_like(distance), np.zeros_like(distance)
    for b, start, stop in data.pieces:
        x, size, F = data.x[:, start:stop], stop - start, None
        delta, z, u = distance[:, :size], r[:K, :size], g[:K, :size]
        if model.cancels:
            for k, mean in enumerate(model.m[:, b]):
                delta[k] = ((model.whitening[k] @ (x - mean[:, None])) ** 2).sum(axis=0)
        else:
            F = data.features(x, out=features)
            weights[:K, -d - 1 :] = model.linear[b]
            np.matmul(weights, F, out=delta)
        delta = delta[:K]
        np.maximum(delta, 0, out=delta)  # rounding
        np.subtract(model.const[:, None], _tail(model.nu, d, delta), out=z)
        log_p = _normalise(z)
        delta += model.nu
        np.divide(z, delta, out=u)
        u *= model.nu + d
        yield b, x, F, z, g[:, :size], log_p


def _em_round(data, model, Q):
    """Return the objective of model, and the model after one M-step."""
    (K, T, d), LL, kept = model.m.shape, 0.0, []
    N, weights, sums, squares = np.zeros(K), np.zeros((K, T)), np.zeros((K, T, d)), 0.0
    for b, x, F, z, g, log_p in _e_step(data, model):
        LL += log_p.sum()
        N += z.sum(axis=1)
        if model.cancels:
            kept.append((b, x, g[:K].copy()))
            weights[:, b] += g[:K].sum(axis=1)
            sums[:, b] += g[:K] @ x.T
        else:
            moments = (g @ F.T)[:K]
            squares += moments[:, : -d - 1]
            sums[:, b] += moments[:, -d - 1 : -1]
            weights[:, b] += moments[:, -1]
    m, S = model.m.copy(), model.S.copy()
    fed = 2 * d <= N
    m[fed] = _tracks(weights[fed], sums[fed], S[fed], Q)
    scatter = _plain_scatter(kept, m) if kept else _scatter(data, weights, sums, squares, m)
    S[fed] = scatter[fed] / N[fed, None, None]
    new = _Model(data, m, _lift(S, data.floor), N / data.n, model.nu)
    if new.cancels and not model.cancels:  # the sums were too coarse for components this small
        model.cancels = True
        return _em_round(data, model, Q)
    new.cancels |= model.cancels
    return LL - _roughness(model.m, Q), new


def _merge_cheapest(data, model):
    """Merge the pair of components that costs least (see `helpers.mixture`), block by block.

    The distance of their tracks counts where both have points: halves of a session merge for free.
    """
    m, S, p, K = model.m.copy(), model.S.copy(), model.p.copy(), len(model.p)
    N = np.zeros(m.shape[:2])
    for b, _, _, z, _, _ in _e_step(data, model):
        N[:, b] += z.sum(axis=1)
    i, j = np.triu_indices(K, 1)
    total = np.maximum(N[i] + N[j], 1e-300)
    both = N[i] * N[j] / total
    apart = m[i] - m[j]
    between = (both[:, :, None] * apart).transpose(0, 2, 1) @ apart
    w = p[i] + p[j]
    a = (p[i] / np.maximum(w, 1e-300))[:, None, None]
    merged = a * S[i] + (1 - a) * S[j] + between / np.maximum(total.sum(axis=1), 1)[:, None, None]
    pair, alone = np.linalg.slogdet(merged)[1], np.linalg.slogdet(S)[1]
    c = np.argmin(w * pair - p[i] * alone[i] - p[j] * alone[j])
    i, j, share = i[c], j[c], (N[i] / total)[c, :, None]
    m[i], S[i], p[i] = share * m[i] + (1 - share) * m[j], merged[c], w[c]
    kept = np.arange(K) != j
    return _Model(data, m[kept], S[kept], p[kept], model.nu)


def _tracks(weights, sums, C, Q):
    """Return the smoothed means (K, T, d) of K clusters from weights (K, T) and sums (K, T, d).

    With C = L Lᵀ and L⁻¹ Q L⁻ᵀ = V diag(q) Vᵀ, the coordinates are y = Vᵀ L⁻¹ x. J is the information
    on a block's mean from it and the blocks before, h/J their mean.
    """
    root = np.linalg.cholesky(C)
    half = np.linalg.solve(root, np.broadcast_to(Q, C.shape))
    q, V = np.linalg.eigh(np.linalg.solve(root, half.transpose(0, 2, 1)))
    q = np.maximum(q, 0)  # rounding
    back = root @ V
    h = np.linalg.solve(back, sums.transpose(0, 2, 1)).transpose(2, 0, 1).copy()
    J = np.repeat(weights.T[:, :, None], h.shape[2], axis=2)
    for b in range(1, len(h)):
        lost = 1 / (1 + q * J[b - 1])
        J[b] += J[b - 1] * lost
        h[b] += h[b - 1] * lost
    m = h
    m[-1] /= J[-1]
    for b in range(len(m) - 2, -1, -1):
        m[b] = (q * h[b] + m[b + 1]) / (1 + q * J[b])
    return m.transpose(1, 0, 2) @ back.transpose(0, 2, 1)


def _scatter(data, weights, sums, squares, m):
    """Return Σ g (x − m)(x − m)ᵀ of each component from the sums of its points, (K, d, d)."""
    total = np.empty((len(m), data.d, data.d))
    total[:, data.i, data.j] = total[:, data.j, data.i] = squares
    # Σ g (x − m)(x − m)ᵀ = Σ g x xᵀ − Σ_b [a mᵀ + m aᵀ],  a = Σ g x − ½ (Σ g) m
    cross = (sums - 0.5 * weights[:, :, None] * m).transpose(0, 2, 1) @ m
    return total - cross - cross.transpose(0, 2, 1)


def _plain_scatter(kept, m):
    """Return the same from the weights of all points: first the difference, then the square."""
    total = np.zeros((len(m), m.shape[2], m.shape[2]))
    for b, x, g in kept:
        for k, mean in enumerate(m[:, b]):
            away = x - mean[:, None]
            total[k] += (g[k] * away) @ away.T
    return total


def _roughness(m, Q):
    """Return ½ Σ (m_b − m_b−1)ᵀ Q⁻¹ (m_b − m_b−1) over all components."""
    steps = np.diff(m, axis=1).reshape(-1, m.shape[2])
    return 0.5 * (steps * np.linalg.solve(Q, steps.T).T).sum() if steps.any() else 0.0


def _climb(data, model, Q, n_iters, tol):
    """Run EM; return labels, m, S, p and the objective at the start and after every round."""
    history = []
    for _ in range(n_iters):
        current, model = _em_round(data, model, Q)
        history.append(current)
        if len(history) > 1 and history[-1] - history[-2] < tol * data.n:
            break
    last = [(z.argmax(axis=0), log_p.sum()) for _, _, _, z, _, log_p in _e_step(data, model)]
    history.append(sum(part for _, part in last) - _roughness(model.m, Q))
    labels = np.empty(data.n, int)
    labels[data.order] = np.concatenate([best for best, _ in last])
    return labels, model.m + data.centre, model.S, model.p, np.array(history)


def _log_t(nu, d, root):
    """Return the log density of t_ν at its centre, from the Cholesky factor(s) of S."""
    log_det = 2 * np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum(axis=-1)
    # ln Γ((ν+d)/2) − ln Γ(ν/2), which for large ν are two huge numbers
    gammas = gammaln(d / 2) - betaln(nu / 2, d / 2)
    return gammas - 0.5 * (d * np.log(nu * np.pi) + log_det)


def _tail(nu, d, delta):
    """Return ((ν + d)/2) ln(1 + δ/ν), what the log density falls with distance."""
    ratio = delta / nu
    if nu > NEARLY_GAUSSIAN:
        fall = np.log1p(ratio, out=ratio)
    else:
        ratio += 1
        fall = np.log(ratio, out=ratio)
    fall *= (nu + d) / 2
    return fall


def _given(x, t, m, S, p, nu, block):
    """Return the points and the model as EM wants them."""
    x = _points(x)
    m = _array(m, "m", (None, None, x.shape[1]), "one mean per component and block")
    _, S, p = _parameters(m[:, 0], S, p, x.shape[1])
    t, block = _times(t, len(x)), _positive(block, "block")
    if t.max() >= m.shape[1] * block:
        raise ValueError(
            f"t reaches {t.max():.6g} s, but m has {m.shape[1]} block(s) of {block:g} s: give the"
            " block length that m was fitted with."
        )
    data = _Session(x, t, block, m.shape[1])
    return data, _Model(data, m - data.centre, S, p, _positive(nu, "nu"))


def _times(t, n):
    t = _array(t, "t", (n,), "one time for each row of x")
    if t.min() < 0:
        raise ValueError(f"t must be at least 0, s from the start, but reaches {t.min():.6g}.")
    return t


def _step(Q, d):
    """Return Q as a (d, d) matrix."""
    Q = np.asarray(Q, dtype=float)
    Q = Q * np.eye(d) if Q.ndim == 0 else _array(Q, "Q", (d, d), "one row per dimension")
    if not np.isfinite(Q).all() or np.abs(Q - Q.T).max() > 1e-8 * np.abs(Q).max():
        raise ValueError("Q must be a finite number, or a symmetric matrix of finite numbers.")
    if np.linalg.eigvalsh(Q)[0] <= 0:
        raise ValueError(
            "Q must be above 0, a covariance with positive eigenvalues; 1e-10 is static."
        )
    return Q


def _positive(value, name):
    if not (np.isscalar(value) or np.ndim(value) == 0) or not 0 < float(value) < np.inf:
        raise ValueError(f"{name} must be a positive number, but is {value!r}.")
    return float(value)
