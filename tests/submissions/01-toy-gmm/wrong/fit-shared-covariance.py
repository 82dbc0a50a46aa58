# breaks: fit_mog
# carries: select_n_clusters
# why: one covariance for all clusters
# feedback: covariance
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.cov(x.T, bias=True).reshape(D, D)
    p = np.ones(n_clusters) / n_clusters
    for i in range(n_iters):
        logr = np.array([np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S) for k in range(n_clusters)]).T
        r = np.exp(logr - logsumexp(logr, axis=1, keepdims=True))
        Nk = r.sum(axis=0) + 1e-12
        p = Nk / Nk.sum()
        m = r.T @ x / Nk[:, None]
        S = sum((r[:, k] * (x - m[k]).T) @ (x - m[k]) for k in range(n_clusters)) / N + 1e-6 * np.eye(D)
    return r.argmax(axis=1), m, np.array([S] * n_clusters), p
