# breaks: fit_mog
# why: default_rng() without the seed: every call starts elsewhere
# feedback: random_seed
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng()
    n, d = x.shape
    m = x[rng.choice(n, n_clusters, replace=False)]
    S = np.stack([np.cov(x.T) for _ in range(n_clusters)])
    p = np.ones(n_clusters) / n_clusters
    for _ in range(n_iters):
        a = np.stack([stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)], 1) + np.log(p)
        r = np.exp(a - logsumexp(a, 1, keepdims=True))
        nk = r.sum(0) + 1e-10
        p = nk / nk.sum()
        m = r.T @ x / nk[:, None]
        S = np.stack([((x - m[k]).T * r[:, k]) @ (x - m[k]) / nk[k] + 1e-6 * np.eye(d) for k in range(n_clusters)])
    return a.argmax(1), m, S, p
