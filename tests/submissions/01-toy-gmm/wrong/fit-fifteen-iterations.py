# breaks: fit_mog
# why: runs at most 15 iterations, whatever n_iters says
# feedback: run all n_iters
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n, d = x.shape
    spread = np.cov(x.T, bias=True).reshape(d, d)
    floor = 1e-6 * np.trace(spread) / d
    m = x[rng.choice(n, n_clusters, replace=False)].astype(float)
    S = np.array([spread + floor * np.eye(d)] * n_clusters)
    p = np.ones(n_clusters) / n_clusters

    def shares():
        logs = np.array(
            [np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)]
        )
        r = np.exp(logs - logs.max(axis=0))
        return r / r.sum(axis=0)

    for _ in range(min(n_iters, 15)):
        r = shares()
        N_k = r.sum(axis=1) + 1e-12
        p = N_k / N_k.sum()
        m = r @ x / N_k[:, None]
        for k in range(n_clusters):
            S[k] = (r[k] * (x - m[k]).T) @ (x - m[k]) / N_k[k] + floor * np.eye(d)
    return shares().argmax(axis=0), m, S, p
