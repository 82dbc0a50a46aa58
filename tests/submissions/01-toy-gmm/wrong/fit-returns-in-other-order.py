# breaks: fit_mog
# carries: select_n_clusters
# why: returns m, S, p, labels
# feedback: labels | order
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.tile(np.cov(x.T), (n_clusters, 1, 1))
    p = np.ones(n_clusters) / n_clusters
    for i in range(n_iters):
        logr = np.array([stats.multivariate_normal.logpdf(x, *ms) for ms in zip(m, S)]).T + np.log(p)
        r = np.exp(logr - logsumexp(logr, axis=1, keepdims=True))
        Nk = r.sum(axis=0) + 1e-12
        p = Nk / Nk.sum()
        m = r.T @ x / Nk[:, None]
        d = x[:, None, :] - m
        S = np.einsum("nk,nki,nkj->kij", r, d, d) / Nk[:, None, None] + 1e-6 * np.eye(D)
    return m, S, p, np.argmax(r, axis=1)
