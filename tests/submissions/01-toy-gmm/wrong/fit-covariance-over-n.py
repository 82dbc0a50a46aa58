# breaks: fit_mog
# carries: select_n_clusters
# why: divides the weighted scatter by N instead of by N_k
# feedback: N_k
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n_samples, n_dims = x.shape
    m = x[rng.choice(n_samples, n_clusters, replace=False), :]
    S = [np.cov(x, rowvar=False) for _ in range(n_clusters)]
    p = [1 / n_clusters] * n_clusters
    gamma = np.zeros((n_samples, n_clusters))
    for _ in range(n_iters):
        for k in range(n_clusters):
            gamma[:, k] = np.log(p[k]) + stats.multivariate_normal(m[k], S[k]).logpdf(x)
        gamma = np.exp(gamma - np.logaddexp.reduce(gamma, axis=1)[:, None])
        for k in range(n_clusters):
            Nk = gamma[:, k].sum() + 1e-12
            m[k] = (gamma[:, k, None] * x).sum(0) / Nk
            S[k] = (gamma[:, k] * (x - m[k]).T) @ (x - m[k]) / n_samples + 1e-6 * np.eye(n_dims)
            p[k] = Nk / n_samples
    return gamma.argmax(1), m, S, p
