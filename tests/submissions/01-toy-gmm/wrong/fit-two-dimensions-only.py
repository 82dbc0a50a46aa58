# breaks: fit_mog
# carries: select_n_clusters
# why: the number of dimensions is written as 2
# feedback: x.shape[1] | any number of dimensions
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N = len(x)
    K = n_clusters
    m = np.zeros((K, 2))
    S = np.zeros((K, 2, 2))
    p = np.ones(K) / K
    for k in range(K):
        m[k] = x[rng.integers(N)]
        S[k] = np.cov(x, rowvar=False, bias=True)
    for i in range(n_iters):
        # E step
        logr = np.zeros((N, K))
        for k in range(K):
            logr[:, k] = np.log(p[k] + 1e-100) + stats.multivariate_normal.logpdf(x, m[k], S[k])
        logr = logr - logr.max(axis=1)[:, np.newaxis]
        r = np.exp(logr)
        r = r / r.sum(axis=1)[:, np.newaxis]
        # M step
        for k in range(K):
            Nk = r[:, k].sum() + 1e-10
            p[k] = Nk / N
            m[k] = np.sum(r[:, k][:, None] * x, axis=0) / Nk
            diff = x - m[k]
            S[k] = (r[:, k] * diff.T) @ diff / Nk + np.eye(2) * 1e-6
    labels = np.argmax(r, axis=1)
    return labels, m, S, p
