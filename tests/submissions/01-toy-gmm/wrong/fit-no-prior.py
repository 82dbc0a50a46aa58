# breaks: fit_mog
# carries: select_n_clusters
# why: responsibilities from the densities alone, without the mixing weights
# feedback: weights
# %% fit_mog
from scipy.special import softmax


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.tile(np.cov(x.T), (n_clusters, 1, 1))
    for i in range(n_iters):
        log_like = np.column_stack([stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)])
        r = softmax(log_like, axis=1)
        Nk = r.sum(axis=0) + 1e-12
        m = r.T @ x / Nk[:, None]
        for k in range(n_clusters):
            S[k] = (r[:, k] * (x - m[k]).T) @ (x - m[k]) / Nk[k] + 1e-6 * np.eye(D)
        p = Nk / Nk.sum()
    return r.argmax(axis=1), m, S, p
