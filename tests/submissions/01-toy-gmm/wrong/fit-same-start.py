# breaks: fit_mog
# why: always starts from seed 0, so five seeds are one and the same run
# feedback: seed
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(0)
    N, D = x.shape
    r = rng.dirichlet(np.ones(n_clusters), size=N)
    for i in range(n_iters + 1):
        Nk = r.sum(axis=0) + 1e-10
        p = Nk / Nk.sum()
        m = (r.T @ x) / Nk[:, None]
        S = np.zeros((n_clusters, D, D))
        logr = np.zeros_like(r)
        for k in range(n_clusters):
            S[k] = (r[:, k] * (x - m[k]).T) @ (x - m[k]) / Nk[k] + 1e-6 * np.eye(D)
            logr[:, k] = np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k])
        r = np.exp(logr - np.logaddexp.reduce(logr, axis=1)[:, None])
    return r.argmax(axis=1), m, S, p
