# breaks: fit_mog
# carries: select_n_clusters
# why: estimates variances only, all covariances stay zero
# feedback: diagonal
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n, d = x.shape
    m = x[rng.choice(n, n_clusters, replace=False)]
    var = np.tile(x.var(axis=0), (n_clusters, 1))
    p = np.full(n_clusters, 1.0 / n_clusters)
    for _ in range(n_iters):
        logp = -0.5 * (((x[:, None, :] - m) ** 2 / var) + np.log(2 * np.pi * var)).sum(axis=2) + np.log(p)
        r = np.exp(logp - logsumexp(logp, axis=1, keepdims=True))
        Nk = r.sum(axis=0) + 1e-12
        p = Nk / n
        m = (r.T @ x) / Nk[:, None]
        for k in range(n_clusters):
            var[k] = (r[:, k][:, None] * (x - m[k]) ** 2).sum(axis=0) / Nk[k] + 1e-6
    S = np.array([np.diag(v) for v in var])
    return r.argmax(axis=1), m, S, p
