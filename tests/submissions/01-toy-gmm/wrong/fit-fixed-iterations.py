# breaks: fit_mog
# carries: select_n_clusters
# why: always ten iterations, n_iters is not used
# feedback: n_iters
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n, d = x.shape
    m = x[rng.choice(n, n_clusters, replace=False)]
    S = np.stack([np.cov(x.T)] * n_clusters)
    p = np.ones(n_clusters) / n_clusters
    n_iters = 10
    for _ in range(n_iters):
        logs = np.stack([np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)])
        r = np.exp(logs - logs.max(0))
        r = r / r.sum(0)
        nk = r.sum(1) + 1e-12
        p = nk / nk.sum()
        m = r @ x / nk[:, None]
        for k in range(n_clusters):
            S[k] = np.cov(x, rowvar=False, aweights=r[k] + 1e-20, ddof=0) + 1e-6 * np.eye(d)
    return r.argmax(0), m, S, p
