# breaks: fit_mog
# carries: select_n_clusters
# why: p stays 1/K for ever
# feedback: p
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.tile(np.eye(D) * x.var(), (n_clusters, 1, 1))
    p = np.ones(n_clusters) / n_clusters
    for i in range(n_iters):
        log_like = np.column_stack([stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)])
        r = np.exp(np.log(p) + log_like - logsumexp(np.log(p) + log_like, axis=1, keepdims=True))
        for k in range(n_clusters):
            w = r[:, k] / (r[:, k].sum() + 1e-12)
            m[k] = w @ x
            S[k] = (w * (x - m[k]).T) @ (x - m[k]) + 1e-6 * np.eye(D)
    return r.argmax(axis=1), m, S, p
