# style: starts from random responsibilities, M-step first
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.RandomState(random_seed)
    edges = np.cumsum(p)
    u = rng.rand(n_samples)
    labels = np.array([np.argmax(ui < edges) for ui in u])
    x = np.empty((n_samples, np.shape(m)[1]))
    for k in range(len(p)):
        lam, U = np.linalg.eigh(S[k])
        A = U * np.sqrt(lam)
        sel = labels == k
        x[sel] = rng.randn(sel.sum(), len(lam)) @ A.T + m[k]
    return labels, x


# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    R = rng.dirichlet(0.1 * np.ones(n_clusters), size=N)
    for _ in range(n_iters):
        Nk = R.sum(axis=0) + 1e-10
        p = Nk / Nk.sum()
        m = R.T @ x / Nk[:, None]
        S = np.zeros((n_clusters, D, D))
        logs = np.zeros((N, n_clusters))
        for k in range(n_clusters):
            xc = x - m[k]
            S[k] = (R[:, k, None] * xc).T @ xc / Nk[k] + 1e-6 * np.eye(D)
            logs[:, k] = np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k])
        R = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
    return R.argmax(axis=1), m, S, p
