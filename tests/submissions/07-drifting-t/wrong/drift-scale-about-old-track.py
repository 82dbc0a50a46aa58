# breaks: fit_drifting_mot
# why: takes the differences in S from the old track
# feedback: from the old mean
# %% fit_drifting_mot
def fit_drifting_mot(x, t, n_clusters, nu=4.0, block=60.0, Q=0.03, n_iters=50, random_seed=0):
    """Fit a mixture of drifting t-distributions by EM.

    Returns labels (n,), m (K, T, d), S (K, d, d), p (K,).
    """
    (n, d), C = x.shape, np.cov(x.T, bias=True)
    b = np.floor(np.asarray(t) / block).astype(int)
    T, Q = b.max() + 1, Q * np.eye(d) if np.ndim(Q) == 0 else Q
    m = np.repeat(start_means(x, n_clusters, random_seed)[:, None], T, axis=1)
    S = np.repeat([C], n_clusters, axis=0)
    p = np.full(n_clusters, 1 / n_clusters)

    def e_step():
        log_z, delta = np.empty((2, n_clusters, n))
        for k, L in enumerate(np.linalg.cholesky(S)):
            delta[k] = np.sum((np.linalg.inv(L) @ (x - m[k, b]).T) ** 2, axis=0)
            log_z[k] = -np.log(np.diag(L)).sum() - (nu + d) / 2 * np.log1p(delta[k] / nu)
        z = p[:, None] * np.exp(log_z - log_z.max(axis=0))
        return z / z.sum(axis=0), (nu + d) / (nu + delta)

    for _ in range(n_iters):
        z, u = e_step()
        g, N = z * u, z.sum(axis=1)
        p = N / n
        for k in np.flatnonzero(2 * d <= N):
            away = x - m[k, b]
            sums = np.transpose([np.bincount(b, g[k] * feature, T) for feature in x.T])
            m[k] = smooth_means(np.bincount(b, g[k], T), sums, S[k], Q)
            S[k] = (g[k] * away.T) @ away / N[k]
            floor = 1e-6 * np.trace(C) / d
            if np.linalg.eigvalsh(S[k])[0] < floor:
                S[k] += floor * np.eye(d)
    return e_step()[0].argmax(axis=0), m, S, p
