# breaks: fit_mog
# why: the covariance is taken about the means from before the M-step
# feedback: means | before
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = rng.choice(x, n_clusters, replace=False)
    S = np.repeat(np.cov(x.T)[None], n_clusters, axis=0)
    p = np.ones(n_clusters) / n_clusters
    for _ in range(n_iters):
        log_r = np.array([stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(n_clusters)]).T
        log_r += np.log(p)
        r = np.exp(log_r - logsumexp(log_r, axis=1)[:, None])
        N_k = r.sum(axis=0) + 1e-10
        m_new = r.T @ x / N_k[:, None]
        for k in range(n_clusters):
            diff = x - m[k]
            S[k] = np.einsum("n,ni,nj->ij", r[:, k], diff, diff) / N_k[k] + 1e-6 * np.eye(D)
        m = m_new
        p = N_k / N
    return r.argmax(axis=1), m, S, p
