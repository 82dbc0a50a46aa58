# breaks: fit_mog
# why: adds 1e-10 to every density "against division by zero": right in 2-D, wrong in 12-D
# feedback: log
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    K = n_clusters
    m = x[rng.choice(N, K, replace=False)].copy()
    S = np.array([np.cov(x.T, bias=True) for k in range(K)])
    p = np.ones(K) / K
    for i in range(n_iters):
        dens = np.zeros((N, K))
        for k in range(K):
            dens[:, k] = p[k] * stats.multivariate_normal.pdf(x, m[k], S[k], allow_singular=True) + 1e-10
        r = dens / np.sum(dens, axis=1)[:, None]
        Nk = np.sum(r, axis=0)
        for k in range(K):
            m[k] = np.sum(r[:, k, None] * x, axis=0) / Nk[k]
            S[k] = np.dot((r[:, k, None] * (x - m[k])).T, x - m[k]) / Nk[k] + 1e-6 * np.eye(D)
            p[k] = Nk[k] / N
    return np.argmax(r, axis=1), m, S, p
