# breaks: fit_mog
# carries: select_n_clusters
# why: the return statement is indented into the loop: one iteration only
# feedback: n_iters
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    np.random.seed(random_seed)
    n, d = x.shape
    idx = np.random.choice(n, n_clusters, replace=False)
    m = [x[i] for i in idx]
    S = [np.cov(x.T) for k in range(n_clusters)]
    p = np.ones(n_clusters) / n_clusters

    for i in range(n_iters):
        # e-step
        w = np.zeros((n, n_clusters))
        for k in range(n_clusters):
            w[:, k] = np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k])
        w = np.exp(w - w.max(axis=1, keepdims=True))
        w /= w.sum(axis=1, keepdims=True)
        # m-step
        for k in range(n_clusters):
            Nk = w[:, k].sum()
            m[k] = (w[:, k] @ x) / Nk
            S[k] = ((x - m[k]).T * w[:, k]) @ (x - m[k]) / Nk + 1e-6 * np.eye(d)
            p[k] = Nk / n
        labels = w.argmax(axis=1)
        return labels, m, S, p
