# breaks: fit_mog
# carries: select_n_clusters
# why: divides the shares by their sum over the points, so the weights add up to K/N
# feedback: normalised over the points | over the clusters
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n, d = x.shape
    floor = 1e-6 * x.var()
    m = x[rng.choice(n, n_clusters, replace=False)].astype(float)
    S = np.array([np.cov(x.T).reshape(d, d)] * n_clusters)
    p = np.ones(n_clusters) / n_clusters
    for _ in range(n_iters):
        logs = np.array(
            [np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)]
        )
        r = np.exp(logs - logs.max(axis=1, keepdims=True))
        r = r / r.sum(axis=1, keepdims=True)
        N_k = r.sum(axis=1)
        p = N_k / n
        m = r @ x / N_k[:, None]
        for k in range(n_clusters):
            S[k] = (r[k] * (x - m[k]).T) @ (x - m[k]) / N_k[k] + floor * np.eye(d)
    return r.argmax(axis=0), m, S, p
