# breaks: fit_mog
# why: labels 1…K instead of 0…K−1
# feedback: labels | 0
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.tile(np.cov(x.T), (n_clusters, 1, 1))
    p = np.ones(n_clusters) / n_clusters
    for i in range(n_iters):
        logr = np.zeros((N, n_clusters))
        for k in range(n_clusters):
            logr[:, k] = np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k])
        r = np.exp(logr - logsumexp(logr, axis=1, keepdims=True))
        Nk = r.sum(axis=0) + 1e-12
        p = Nk / Nk.sum()
        m = r.T @ x / Nk[:, None]
        for k in range(n_clusters):
            S[k] = np.cov(x.T, aweights=r[:, k] + 1e-20, bias=True) + 1e-6 * np.eye(D)
    labels = np.argmax(r, axis=1) + 1
    return labels, m, S, p
