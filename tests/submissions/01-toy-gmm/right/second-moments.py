# style: covariance as E[xxᵀ] − mmᵀ, floor as an eigenvalue clip, k-means++ starts
# %% fit_mog
def kmeans_pp(x, K, rng):
    idx = [int(rng.integers(len(x)))]
    for _ in range(1, K):
        d2 = np.min([np.sum((x - x[i]) ** 2, axis=1) for i in idx], axis=0)
        total = d2.sum()
        idx.append(int(rng.choice(len(x), p=d2 / total)) if total > 0 else int(rng.integers(len(x))))
    return x[idx]


def clip(C):
    w, V = np.linalg.eigh((C + C.T) / 2)
    return (V * np.maximum(w, 1e-6)) @ V.T


def log_density(x, m, S):
    w, V = np.linalg.eigh(S)
    z = (x - m) @ V / np.sqrt(w)
    return -0.5 * ((z**2).sum(1) + np.log(w).sum() + len(w) * np.log(2 * np.pi))


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    x = np.asarray(x, dtype=float)
    rng = np.random.default_rng(random_seed)
    centre = x.mean(axis=0)
    y = x - centre
    N, D = y.shape
    m = kmeans_pp(y, n_clusters, rng)
    S = np.array([clip(y.T @ y / N)] * n_clusters)
    p = np.ones(n_clusters) / n_clusters
    tiny = np.finfo(float).tiny
    for _ in range(n_iters):
        a = np.array([np.log(p[k] + tiny) + log_density(y, m[k], S[k]) for k in range(n_clusters)])
        a = a - a.max(axis=0)
        r = np.exp(a)
        r = r / r.sum(axis=0)
        Nk = r.sum(axis=1)
        p = Nk / N
        for k in np.flatnonzero(Nk > 1e-8):
            m[k] = r[k] @ y / Nk[k]
            S[k] = clip((r[k] * y.T) @ y / Nk[k] - np.outer(m[k], m[k]))
    return a.argmax(axis=0), m + centre, S, p
