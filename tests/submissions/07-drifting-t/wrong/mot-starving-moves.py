# breaks: fit_mot
# why: updates clusters with fewer than 2d spikes
# feedback: fewer than 2d
# %% fit_mot
def fit_mot(x, n_clusters, nu=4.0, n_iters=20, random_seed=0):
    """Fit a mixture of t-distributions by EM; returns labels (n,), m (K, d), S (K, d, d), p (K,)."""
    (n, d), C = x.shape, np.cov(x.T, bias=True)
    m = start_means(x, n_clusters, random_seed)
    S = np.repeat([C], n_clusters, axis=0)
    p = np.full(n_clusters, 1 / n_clusters)

    def e_step():
        log_z, delta = np.empty((2, n_clusters, n))
        for k, L in enumerate(np.linalg.cholesky(S)):
            delta[k] = np.sum((np.linalg.inv(L) @ (x - m[k]).T) ** 2, axis=0)
            # What is the same for all clusters cancels in z.
            log_z[k] = -np.log(np.diag(L)).sum() - (nu + d) / 2 * np.log1p(delta[k] / nu)
        z = p[:, None] * np.exp(log_z - log_z.max(axis=0))
        return z / z.sum(axis=0), (nu + d) / (nu + delta)

    for _ in range(n_iters):
        z, u = e_step()
        g, N = z * u, z.sum(axis=1)
        p = N / n
        for k in np.flatnonzero(N > 1e-8):
            m[k] = g[k] @ x / g[k].sum()
            S[k] = (g[k] * (x - m[k]).T) @ (x - m[k]) / N[k]
            floor = 1e-6 * np.trace(C) / d
            if np.linalg.eigvalsh(S[k])[0] < floor:
                S[k] += floor * np.eye(d)
    return e_step()[0].argmax(axis=0), m, S, p
