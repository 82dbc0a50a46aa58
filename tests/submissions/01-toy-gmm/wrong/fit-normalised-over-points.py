# breaks: fit_mog
# carries: select_n_clusters
# why: responsibilities normalised over the points instead of over the clusters
# feedback: responsib
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.array([np.cov(x.T)] * n_clusters)
    p = np.ones(n_clusters) / n_clusters
    for _ in range(n_iters):
        logr = np.column_stack(
            [np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k], allow_singular=True) for k in range(n_clusters)]
        )
        r = np.exp(logr - logr.max(axis=0))
        r /= r.sum(axis=0)  # responsibilities sum to one
        for k in range(n_clusters):
            m[k] = r[:, k] @ x
            S[k] = (r[:, k] * (x - m[k]).T) @ (x - m[k]) + 1e-6 * np.eye(D)
        p = np.bincount(logr.argmax(axis=1), minlength=n_clusters) / N + 1e-10
        p /= p.sum()
    return logr.argmax(axis=1), m, S, p
