# style: random means inside the data's range, spherical starts, labels after one more E-step
# %% fit_mog
from scipy.special import log_softmax


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    """EM for a mixture of Gaussians, everything in logs."""
    x = np.asarray(x)
    n_samples, n_dims = x.shape
    rng = np.random.default_rng(random_seed)

    m = x.mean(0) + x.std(0) * rng.standard_normal((n_clusters, n_dims))
    S = np.array([np.mean(x.var(0)) * np.eye(n_dims) + 1e-6 * np.eye(n_dims) for _ in range(n_clusters)])
    p = rng.dirichlet(10 * np.ones(n_clusters))

    def log_r():
        ll = [stats.multivariate_normal.logpdf(x, mean=m[k], cov=S[k], allow_singular=True) for k in range(n_clusters)]
        return log_softmax(np.array(ll).T + np.log(p), axis=1)

    for _ in range(n_iters):
        r = np.exp(log_r())
        n_k = r.sum(0) + 1e-15
        for k in range(n_clusters):
            m[k] = (x * r[:, [k]]).sum(0) / n_k[k]
            S[k] = (x - m[k]).T @ np.diag(r[:, k]) @ (x - m[k]) / n_k[k] + 1e-6 * np.eye(n_dims)
            p[k] = n_k[k] / n_samples

    labels = np.argmax(log_r(), axis=1)
    return labels, m, S, p
