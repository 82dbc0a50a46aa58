# breaks: fit_mog
# why: labels by the nearest mean instead of the largest responsibility
# feedback: labels | nearest
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.tile(np.cov(x.T), (n_clusters, 1, 1))
    p = np.ones(n_clusters) / n_clusters
    for i in range(n_iters):
        logr = np.array([np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)]).T
        r = np.exp(logr - logsumexp(logr, axis=1, keepdims=True))
        Nk = r.sum(axis=0) + 1e-12
        p = Nk / Nk.sum()
        m = r.T @ x / Nk[:, None]
        for k in range(n_clusters):
            S[k] = (r[:, k] * (x - m[k]).T) @ (x - m[k]) / Nk[k] + 1e-6 * np.eye(D)
    # assign every point to the closest cluster
    dist = np.linalg.norm(x[:, None] - m[None], axis=2)
    return dist.argmin(axis=1), m, S, p
