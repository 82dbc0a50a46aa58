# breaks: fit_mog
# carries: select_n_clusters
# why: k-means in disguise: every point belongs wholly to its likeliest cluster
# feedback: optimum | responsib
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)].copy()
    S = np.array([np.cov(x.T) for k in range(n_clusters)])
    p = np.ones(n_clusters) / n_clusters
    for it in range(n_iters):
        logr = np.array(
            [np.log(p[k] + 1e-300) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)]
        )
        labels = np.argmax(logr, axis=0)
        for k in range(n_clusters):
            mine = x[labels == k]
            p[k] = len(mine) / N
            if len(mine) > D:
                m[k] = mine.mean(axis=0)
                S[k] = np.cov(mine.T, bias=True) + 1e-6 * np.eye(D)
    return labels, m, S, p
