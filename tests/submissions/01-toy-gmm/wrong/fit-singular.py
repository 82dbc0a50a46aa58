# breaks: fit_mog
# why: no rule for collapsed components: crashes on duplicate points
# feedback: singular
# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.array([np.cov(x.T)] * n_clusters)
    p = np.ones(n_clusters) / n_clusters
    for _ in range(n_iters):
        log_r = np.zeros((N, n_clusters))
        for k in range(n_clusters):
            diff = x - m[k]
            sign, logdet = np.linalg.slogdet(S[k])
            maha = np.einsum("ni,ij,nj->n", diff, np.linalg.inv(S[k]), diff)
            log_r[:, k] = np.log(p[k]) - 0.5 * (D * np.log(2 * np.pi) + logdet + maha)
        r = np.exp(log_r - logsumexp(log_r, axis=1)[:, None])
        Nk = r.sum(axis=0)
        p = Nk / N
        m = (r.T @ x) / Nk[:, None]
        S = np.array([(r[:, k] * (x - m[k]).T) @ (x - m[k]) / Nk[k] for k in range(n_clusters)])
    return r.argmax(axis=1), m, S, p
