# breaks: fit_mog
# why: divides by the N_k of the previous iteration
# feedback: N_k
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.permutation(N)[:n_clusters]].astype(float)
    S = np.stack([np.cov(x.T, bias=True)] * n_clusters)
    Nk = np.full(n_clusters, N / n_clusters)
    p = Nk / N
    for _ in range(n_iters):
        logr = np.stack(
            [np.log(p[k] + 1e-100) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)], axis=1
        )
        r = np.exp(logr - logr.max(1)[:, None])
        r /= r.sum(1)[:, None]
        p = Nk / N
        for k in range(n_clusters):
            m[k] = r[:, k] @ x / r[:, k].sum()
            xc = x - m[k]
            S[k] = (xc * r[:, [k]]).T @ xc / r[:, k].sum() + 1e-6 * np.eye(D)
        Nk = r.sum(0)
    return r.argmax(1), m, S, p
