"""Gaussian mixtures by expectation maximisation (EM), in their fast form.

With C = S⁻¹, the log density of a component of p(x) = Σ_k p_k N(x; m_k, S_k) is linear in the
features F(x) = [x_i x_j (i ≤ j); x; 1]:

    log p_k + log N(x; m_k, S_k) = −½ Σ_ij C_ij x_i x_j + (C m_k)·x + const_k.

One matrix product gives all log densities of a block of points; the transposed product with the
responsibilities gives all sums of the M-step. Features live for one block, so memory stays flat.
Expanded squares lose digits where components are tiny against the spread of the points: there
the plain form takes over (first the difference, then the square).

Rules of every fit: covariances start as that of x, means by k-means++, weights equal. A covariance
with an eigenvalue below floor = 1e-6 · trace(cov(x)) / d has collapsed: floor · I is added. A
component with fewer than 1e-8 points keeps its mean and covariance.

In all functions x is (n, d), one row per point; m (K, d) means; S (K, d, d) covariances; p (K,)
weights: arrays or lists of arrays. Log-likelihoods are sums over the points, in nats. Arguments
that cannot be used raise a ValueError that says why.

Sources: Bishop, Pattern Recognition and Machine Learning, 2006, section 9.2 (EM); Arthur and
Vassilvitskii 2007 (k-means++); Schwarz 1978 (BIC); Runnalls 2007, IEEE Trans Aerosp Electron Syst
43:989 (what merging two components costs).
"""

from functools import cache
from operator import index

import numpy as np
from threadpoolctl import ThreadpoolController

BLOCK = 1024  # points per block: features of 12 dimensions then fit into the second-level cache
CANCELLATION = 1e7  # largest term against a log density of order one: nine digits are left
SAMPLE = 8192  # points that are enough to tell good starts from bad ones
SCREENED, POLISHED = 1e-3, 3e-4  # nats per point: a round that gains less is the last
SMALLEST_LOG = -700.0  # np.exp is many times slower where its result is denormal


def sample_data(n_samples, m, S, p, random_seed=0):
    """Draw n_samples independent points from the mixture.

    Returns labels (n_samples,) int, the component of each point, 0 … K−1, and x (n_samples, d).
    """
    n_samples = _whole_number(n_samples, "n_samples", least=0)
    m, S, p = _parameters(m, S, p)
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), size=n_samples, p=p / p.sum())
    x = rng.standard_normal((n_samples, m.shape[1]))
    for k, root in enumerate(np.linalg.cholesky(S)):
        x[labels == k] = m[k] + x[labels == k] @ root.T
    return labels, x


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    """Fit n_clusters components by n_iters rounds of EM; random_seed decides the k-means++ start.

    Returns labels (n,) int, the most probable component of each point under the returned
    parameters, and m, S, p. Raises ValueError unless x is finite and 1 ≤ n_clusters ≤ n.
    """
    return fit_best(x, n_clusters, 1, n_iters, -np.inf, random_seed)


def n_parameters(n_clusters, n_dims):
    """Return the number of free parameters, P = (K − 1) + K d + K d (d + 1) / 2."""
    K = _whole_number(n_clusters, "n_clusters", least=1)
    d = _whole_number(n_dims, "n_dims", least=1)
    return (K - 1) + K * d + K * d * (d + 1) // 2


def mog_bic(x, m, S, p):
    """Return BIC = −2 LL + P ln n (smaller is better) and the log-likelihood LL."""
    LL = log_likelihood(x, m, S, p)
    n, d = np.shape(x)
    return -2 * LL + n_parameters(len(p), d) * np.log(n), LL


def select_n_clusters(x, K, n_seeds):
    """Choose the number of clusters by the smallest BIC over starts of 100 rounds each.

    K holds the numbers to try, in any order; the starts have the seeds 0 … n_seeds − 1.
    Returns best_K, the element of K with the smallest BIC, and bic (n_seeds, len(K)).
    """
    K = [_whole_number(k, "every element of K", least=1) for k in np.atleast_1d(K).tolist()]
    if not K:
        raise ValueError("K is empty: give the numbers of clusters to try, as in range(2, 7).")
    seeds = range(_whole_number(n_seeds, "n_seeds", least=1))
    bic = [[mog_bic(x, *fit_mog(x, k, 100, seed)[1:])[0] for k in K] for seed in seeds]
    return K[np.argmin(np.min(bic, axis=0))], np.array(bic)


def select_by_bic(x, K, n_starts, random_seed=0, progress=None):
    """Choose the number of clusters by BIC out of many numbers K to try, each well fitted.

    Every start fits more clusters than asked for to a sample of the points. The two that are
    cheapest to merge are merged, EM goes on, the next two are merged, and so on down through K: no
    number begins from nothing. The best start of each number is polished on all points.
    progress(done, total) is called after each start and each polish. Returns best_K; bic (len(K),),
    in the order of K; and labels, m, S, p of best_K.
    """
    x, n_starts = _points(x), _whole_number(n_starts, "n_starts", least=1)
    K = [_whole_number(k, "every element of K", least=1) for k in np.atleast_1d(K).tolist()]
    if not K or max(K) > len(x):
        raise ValueError(f"K must hold numbers from 1 to the {len(x)} point(s) of x, but is {K}.")
    rng, best, fits = np.random.default_rng(random_seed), {}, {}
    tell = progress or (lambda done, total: None)
    total = n_starts + len(set(K))
    with _one_blas_thread():
        data = _Data(x)
        sample = rng.permutation(x)[: max(SAMPLE, 4 * max(K))]
        for start in range(n_starts):
            for fit in _merge_down(sample, max(K), min(K), rng):
                k = len(fit[1])
                best[k] = max(best.get(k, fit), fit, key=lambda fit: fit[-1][-1])
            tell(start + 1, total)
        for k in sorted(set(K)):
            _, m, S, p, _ = best[k]
            fits[k] = _climb(data, _Model(data, m - data.centre, S, p), 100, POLISHED)
            tell(n_starts + len(fits), total)
    bic = [n_parameters(k, data.d) * np.log(data.n) - 2 * fits[k][-1][-1] for k in K]
    best_K = K[np.argmin(bic)]
    return best_K, np.array(bic), fits[best_K][:-1]


def fit_best(x, n_clusters, n_starts=10, n_iters=500, tol=1e-6, random_seed=0):
    """Fit as `fit_mog` does from several k-means++ starts and return the most likely fit.

    A start ends after n_iters rounds, or once a round gains less than tol nats per point. All
    starts draw from one generator: the first is the start of `fit_mog` with the same seed.
    """
    x, n_iters = _points(x), _whole_number(n_iters, "n_iters", least=0)
    rng, fits = np.random.default_rng(random_seed), []
    with _one_blas_thread():
        data = _Data(x)
        for _ in range(_whole_number(n_starts, "n_starts", least=1)):
            m = kmeans_plus_plus(x, n_clusters, rng) - data.centre
            S = np.repeat(_lift(data.cov[None], data.floor), len(m), axis=0)
            start = _Model(data, m, S, np.full(len(m), 1 / len(m)))
            fits.append(_climb(data, start, n_iters, tol))
    return max(fits, key=lambda fit: fit[-1][-1])[:-1]


def em(x, m, S, p, n_iters):
    """Run n_iters rounds of EM from the given parameters.

    Returns m, S, p and the log-likelihoods (n_iters + 1,): at the start and after each round.
    """
    n_iters = _whole_number(n_iters, "n_iters", least=0)
    with _one_blas_thread():
        return _climb(*_given(x, m, S, p), n_iters, tol=-np.inf)[1:]


def log_likelihood(x, m, S, p):
    """Return LL = Σ_n log Σ_k p_k N(x_n; m_k, S_k)."""
    with _one_blas_thread():
        return float(sum(log_p.sum() for _, _, log_p in _e_step(*_given(x, m, S, p))))


def responsibilities(x, m, S, p):
    """Return P(k | x_n) = p_k N(x_n; m_k, S_k) / p(x_n), an (n, K) array whose rows sum to one."""
    with _one_blas_thread():
        return np.vstack([r[: len(p)].T.copy() for _, r, _ in _e_step(*_given(x, m, S, p))])


def kmeans_plus_plus(x, n_clusters, rng):
    """Choose n_clusters points as first means, each ∝ squared distance to the nearest one chosen.

    rng : numpy.random.Generator. Returns (n_clusters, d).
    """
    x, n_clusters = _points(x), _whole_number(n_clusters, "n_clusters", least=1)
    n = len(x)
    if n_clusters > n:
        raise ValueError(f"n_clusters = {n_clusters}, but x has {n} point(s): ask for at most {n}.")
    chosen = [rng.integers(n)]
    d2 = np.full(n, np.inf)
    while len(chosen) < n_clusters:
        d2 = np.minimum(d2, ((x - x[chosen[-1]]) ** 2).sum(axis=1))
        total = d2.sum()  # zero if every point coincides with a chosen one
        chosen.append(rng.choice(n, p=d2 / total) if total > 0 else rng.integers(n))
    return x[chosen]


def _merge_down(x, most, least, rng):
    """Yield fits of most, most − 1, … least clusters to x, each made from the one before."""
    data = _Data(x)
    data.floor *= 1000  # components on a handful of points are not what is looked for
    m = kmeans_plus_plus(x, min(most + most // 2, len(x)), rng) - data.centre
    S, p = np.repeat(_lift(data.cov[None], data.floor), len(m), axis=0), np.full(len(m), 1 / len(m))
    for n_iters in (40, *[15] * (len(m) - least)):
        fit = _climb(data, _Model(data, m, S, p), n_iters, SCREENED)
        _, m, S, p, _ = fit
        if len(p) <= most:
            yield fit
        if len(p) > least:
            m, S, p = _merge_cheapest(m - data.centre, S, p)


def _merge_cheapest(m, S, p):
    """Merge the pair of components i, j that costs least, keeping its joint mean and covariance.

    (p_i + p_j) log|S_ij| − p_i log|S_i| − p_j log|S_j| bounds twice the loss of E log p (Runnalls).
    """
    m, S, p = m.copy(), S.copy(), p.copy()
    i, j = np.triu_indices(len(p), 1)
    w = p[i] + p[j]
    a = (p[i] / np.maximum(w, 1e-300))[:, None, None]
    apart = (m[i] - m[j])[:, :, None]
    merged = a * S[i] + (1 - a) * S[j] + a * (1 - a) * apart * apart.transpose(0, 2, 1)
    pair_log_det, log_det = np.linalg.slogdet(merged)[1], np.linalg.slogdet(S)[1]
    c = np.argmin(w * pair_log_det - p[i] * log_det[i] - p[j] * log_det[j])
    i, j, share = i[c], j[c], a[c, 0, 0]
    m[i], S[i], p[i] = share * m[i] + (1 - share) * m[j], merged[c], w[c]
    return np.delete(m, j, axis=0), np.delete(S, j, axis=0), np.delete(p, j)


class _Data:
    """The points as EM wants them: centred (fewer digits cancel), one row per dimension."""

    def __init__(self, x):
        self.n, self.d = x.shape
        # The median is within one sd of the mean, and unlike it exact for equal points.
        self.centre = np.median(x, axis=0)
        self.x = np.array(x.T, order="C")
        self.x -= self.centre[:, None]
        self.reach = np.maximum(self.x.max(axis=1), -self.x.min(axis=1))
        mean = self.x.mean(axis=1)
        self.cov = self.x @ self.x.T / self.n - np.outer(mean, mean)
        self.floor = 1e-6 * np.trace(self.cov) / self.d or 1e-12
        self.i, self.j = np.triu_indices(self.d)

    def features(self, block, out):
        """Fill out with [x_i x_j (i ≤ j); x; 1], one column per point."""
        row, out = 0, out[:, : block.shape[1]]
        for i in range(self.d):
            np.multiply(block[i], block[i:], out=out[row : row + self.d - i])
            row += self.d - i
        out[row:-1] = block
        out[-1] = 1
        return out


class _Model:
    """Parameters (means relative to the centre) and what the E-step derives from them."""

    def __init__(self, data, m, S, p):
        self.m, self.S, self.p, K = m, S, p, len(p)
        root = np.linalg.cholesky(S)
        self.whitening = np.linalg.inv(root)
        C = self.whitening.transpose(0, 2, 1) @ self.whitening
        log_det = 2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        with np.errstate(divide="ignore"):  # a weight of zero: log density −∞
            self.const = np.log(p) - 0.5 * (data.d * np.log(2 * np.pi) + log_det)
        Cm = (C @ m[:, :, None])[:, :, 0]
        quadratic = np.where(data.i == data.j, -0.5, -1.0) * C[:, data.i, data.j]
        # OpenBLAS works on eight rows at a time: the rest are zeros that nobody looks at.
        self.weights = np.zeros((-(-K // 8) * 8, len(data.i) + data.d + 1))
        self.weights[:K] = np.c_[quadratic, Cm, self.const - 0.5 * (m * Cm).sum(axis=1)]
        self.cancels = (data.reach @ np.abs(C) @ data.reach).max() > CANCELLATION


def _e_step(data, model):
    """Yield features, responsibilities (rows: components, then zeros) and log p per block.

    The arrays are overwritten by the next block.
    """
    features, joint = (np.zeros((rows, BLOCK)) for rows in model.weights.T.shape)
    for start in range(0, data.n, BLOCK):
        block = data.x[:, start : start + BLOCK]
        F, log_joint = None, joint[:, : block.shape[1]]
        if model.cancels:
            for k, mean in enumerate(model.m):
                white = model.whitening[k] @ (block - mean[:, None])
                log_joint[k] = model.const[k] - 0.5 * (white**2).sum(axis=0)
        else:
            F = data.features(block, out=features)
            np.matmul(model.weights, F, out=log_joint)
        yield F, log_joint, _normalise(log_joint[: len(model.m)])


def _normalise(log_joint):
    """Turn log p(k, x) into p(k | x) in place (rows: components); return log p(x) per point."""
    largest = log_joint.max(axis=0)
    log_joint -= largest
    np.maximum(log_joint, SMALLEST_LOG, out=log_joint)
    np.exp(log_joint, out=log_joint)
    total = log_joint.sum(axis=0)
    log_joint *= 1 / total
    return largest + np.log(total)


def _em_round(data, model):
    """Return the log-likelihood of model, and the model after one M-step."""
    K, LL, sums, kept = len(model.p), 0.0, 0.0, []
    for F, r, log_p in _e_step(data, model):
        LL += log_p.sum()
        if model.cancels:
            kept.append(r[:K].copy())
        else:
            sums += r @ F.T
    N, m, S = _plain_moments(data, np.hstack(kept)) if kept else _moments(data, sums[:K])
    empty = N < 1e-8
    m[empty], S[empty] = model.m[empty], model.S[empty]
    new = _Model(data, m, _lift(S, data.floor), N / data.n)
    if new.cancels and not model.cancels:  # the sums were too coarse for components this small
        model.cancels = True
        return _em_round(data, model)
    new.cancels |= model.cancels
    return LL, new


def _moments(data, sums):
    """Return N_k, the new means and the covariances about them, from the summed features."""
    N = sums[:, -1].copy()
    sums /= np.maximum(N, 1e-300)[:, None]
    m = sums[:, -1 - data.d : -1]
    S = np.empty((len(N), data.d, data.d))
    S[:, data.i, data.j] = sums[:, : len(data.i)] - m[:, data.i] * m[:, data.j]
    S[:, data.j, data.i] = S[:, data.i, data.j]
    return N, m, S


def _plain_moments(data, r):
    """Return the same from the responsibilities (K, n): first the difference, then the square."""
    N = r.sum(axis=1)
    r /= np.maximum(N, 1e-300)[:, None]
    m = r @ data.x.T
    away = (data.x - mean[:, None] for mean in m)
    return N, m, np.array([(r[k] * dx) @ dx.T for k, dx in enumerate(away)])


def _lift(S, floor):
    """Add floor · I to every covariance whose smallest eigenvalue is below floor."""
    collapsed = np.linalg.eigvalsh(S)[:, 0] < floor
    return S + collapsed[:, None, None] * floor * np.eye(S.shape[-1])


def _climb(data, model, n_iters, tol):
    """Run EM; return labels, m, S, p and the log-likelihood at the start and after every round."""
    LL = []
    for _ in range(n_iters):
        current, model = _em_round(data, model)
        LL.append(current)
        if len(LL) > 1 and LL[-1] - LL[-2] < tol * data.n:
            break
    last = [(r.argmax(axis=0), log_p.sum()) for _, r, log_p in _e_step(data, model)]
    LL.append(sum(part for _, part in last))
    labels = np.concatenate([best for best, _ in last])
    return labels, model.m + data.centre, model.S, model.p, np.array(LL)


_thread_pools = cache(ThreadpoolController)  # finding the libraries is slow, setting threads is not


def _one_blas_thread():
    return _thread_pools().limit(limits=1, user_api="blas")


def _points(x):
    return _array(x, "x", (None, None), "one row per point, one column per dimension")


def _given(x, m, S, p):
    """Return the points and the model as EM wants them."""
    x = _points(x)
    m, S, p = _parameters(m, S, p, x.shape[1])
    data = _Data(x)
    return data, _Model(data, m - data.centre, S, p)


def _parameters(m, S, p, d=None):
    """Return m, S and p as arrays, or say which of them cannot be a mixture's in d dimensions."""
    m = _array(m, "m", (None, d), "one row per mean, one column per dimension")
    K, d = m.shape
    S = _array(S, "S", (K, d, d), f"one covariance for each of the {K} mean(s) in m")
    p = _array(p, "p", (K,), f"one weight for each of the {K} mean(s) in m")
    if p.min() < 0 or abs(p.sum() - 1) > 1e-6:
        raise ValueError(
            f"p must hold weights of at least 0 that sum to 1; the smallest is {p.min():.6g}, "
            f"the sum {p.sum():.6g}. Divide the N_k by their sum."
        )
    sizes = np.linalg.eigvalsh(S)
    lopsided = np.abs(S - S.transpose(0, 2, 1)).max(axis=(1, 2)) > 1e-8 * sizes[:, -1]
    wrong = np.flatnonzero(lopsided | (sizes[:, 0] <= 1e-15 * sizes[:, -1]))
    if len(wrong):
        raise ValueError(
            f"S[{wrong[0]}] is no covariance: it must be symmetric with positive eigenvalues. "
            "Has the component collapsed onto a few points? Then add a small floor · I."
        )
    return m, S.copy(), p.copy()


def _array(values, name, shape, meaning):
    """Return values as finite floats of that shape (None: any but 0), or say what is wrong."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers only, in rows of equal length.") from None
    fits = array.ndim == len(shape) and array.size > 0
    if not fits or any(want not in (None, array.shape[i]) for i, want in enumerate(shape)):
        hint = f" In one dimension give {name}[:, None]." if array.ndim == 1 != len(shape) else ""
        wanted = str(shape).replace("None", "any")
        raise ValueError(f"{name} must be {wanted}, {meaning}, but is {array.shape}.{hint}")
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        raise ValueError(
            f"{name} holds {len(wrong)} value(s) that are NaN or infinite, the first at index "
            f"{wrong[0].tolist()}: find out where they arise, or leave those rows out."
        )
    return array


def _whole_number(value, name, least):
    try:
        number = index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, but is {value!r}.") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, but is {number}.")
    return number
