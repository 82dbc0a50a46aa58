# breaks: fit_mog
# why: the unbiased covariance (N_k − 1), which is not the M-step
# feedback: N_k − 1
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.array([np.cov(x.T)] * n_clusters)
    p = np.ones(n_clusters) / n_clusters
    for it in range(n_iters):
        l = np.array(
            [stats.multivariate_normal.logpdf(x, m[k], S[k]) + np.log(p[k] + 1e-200) for k in range(n_clusters)]
        )
        r = np.exp(l - l.max(0))
        r /= r.sum(0)
        for k in range(n_clusters):
            if r[k].sum() > 1e-6:
                m[k] = np.average(x, axis=0, weights=r[k])
            Nk = r[k].sum()
            c = x - m[k]
            S[k] = (r[k] * c.T).dot(c) / max(Nk - 1, 1) + 1e-6 * np.eye(D)
            p[k] = Nk / N
    return np.argmax(r, axis=0), m, S, p
