# style: scipy and log-sum-exp throughout
# %% t_logpdf
def t_logpdf(x, m, S, nu):
    from scipy.linalg import solve_triangular

    x, d = np.atleast_2d(x), len(m)
    L = np.linalg.cholesky(S)
    delta = (solve_triangular(L, (x - m).T, lower=True) ** 2).sum(axis=0)
    # a Gaussian factor, then a ratio that goes to 1 for large nu
    out = gammaln((nu + d) / 2) - gammaln(nu / 2) - d / 2 * np.log(nu * np.pi)
    return out - np.linalg.slogdet(S)[1] / 2 - (nu + d) / 2 * np.log(1 + delta / nu)

# %% fit_mot
def fit_mot(x, n_clusters, nu=4.0, n_iters=20, random_seed=0):
    from scipy.special import logsumexp

    n, d = x.shape
    m = [mean for mean in start_means(x, n_clusters, random_seed)]
    C = np.cov(x.T, bias=True)
    S, p = [C] * n_clusters, [1 / n_clusters] * n_clusters
    floor = 1e-6 * np.trace(C) / d

    def log_joint():
        with np.errstate(divide="ignore"):
            return np.array([np.log(p[k]) + t_logpdf(x, m[k], S[k], nu) for k in range(n_clusters)])

    for _ in range(n_iters):
        logs = log_joint()
        z = np.exp(logs - logsumexp(logs, axis=0))
        p = list(z.mean(axis=1))
        for k in range(n_clusters):
            if z[k].sum() < 2 * d:
                continue
            r = x - m[k]
            u = (nu + d) / (nu + np.sum(r @ np.linalg.inv(S[k]) * r, axis=1))
            m[k] = np.average(x, axis=0, weights=z[k] * u)
            r = x - m[k]
            S[k] = np.einsum("n,ni,nj->ij", z[k] * u, r, r) / z[k].sum()
            if np.linalg.eigvalsh(S[k]).min() < floor:
                S[k] = S[k] + floor * np.eye(d)
    return log_joint().argmax(axis=0), m, S, p
