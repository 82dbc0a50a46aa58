# breaks: t_logpdf
# carries: fit_mot
# why: fit_mot calls t_logpdf, in which the determinant is missing
# feedback: determinant of S is missing
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    """Return the log density (n,) of the t-distribution at the rows of x (n, d).

    m (d,), S (d, d) scale matrix, nu degrees of freedom.
    """
    d = len(m)
    L = np.linalg.cholesky(S)
    delta = np.sum((np.linalg.inv(L) @ (x - m).T) ** 2, axis=0)
    log_det = 2 * np.sum(np.log(np.diag(L)))
    at_centre = gammaln((nu + d) / 2) - gammaln(nu / 2) - (d * np.log(nu * np.pi) ) / 2
    return at_centre - (nu + d) / 2 * np.log1p(delta / nu)

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
            log_z[k] = t_logpdf(x, m[k], S[k], nu)
        z = p[:, None] * np.exp(log_z - log_z.max(axis=0))
        return z / z.sum(axis=0), (nu + d) / (nu + delta)

    for _ in range(n_iters):
        z, u = e_step()
        g, N = z * u, z.sum(axis=1)
        p = N / n
        for k in np.flatnonzero(2 * d <= N):
            m[k] = g[k] @ x / g[k].sum()
            S[k] = (g[k] * (x - m[k]).T) @ (x - m[k]) / N[k]
            floor = 1e-6 * np.trace(C) / d
            if np.linalg.eigvalsh(S[k])[0] < floor:
                S[k] += floor * np.eye(d)
    return e_step()[0].argmax(axis=0), m, S, p
