# style: scipy.stats distributions and logsumexp, no n_parameters call in mog_bic
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    counts = rng.multinomial(n_samples, p)
    labels = np.repeat(np.arange(len(p)), counts)
    x = np.vstack(
        [
            stats.multivariate_normal(m[k], S[k]).rvs(counts[k], random_state=rng).reshape(counts[k], -1)
            for k in range(len(p))
        ]
    )
    return labels, x


# %% fit_mog
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = [np.cov(x.T).reshape(D, D) for _ in range(n_clusters)]
    p = np.ones(n_clusters) / n_clusters
    for _ in range(n_iters):
        log_r = np.column_stack(
            [
                np.log(p[k] + 1e-300) + stats.multivariate_normal.logpdf(x, m[k], S[k], allow_singular=True)
                for k in range(n_clusters)
            ]
        )
        log_r -= logsumexp(log_r, axis=1, keepdims=True)
        r = np.exp(log_r)
        N_k = r.sum(axis=0)
        p = N_k / N
        for k in range(n_clusters):
            if N_k[k] > 1e-9:
                m[k] = np.average(x, axis=0, weights=r[:, k])
                S[k] = np.cov(x.T, aweights=r[:, k], ddof=0).reshape(D, D) + 1e-6 * np.eye(D)
    return log_r.argmax(axis=1), m, np.array(S), p


# %% mog_bic
def mog_bic(x, m, S, p):
    from scipy.special import logsumexp

    logs = [stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(len(p))]
    LL = logsumexp(np.array(logs), b=np.asarray(p)[:, None], axis=0).sum()
    N, d = np.shape(x)
    K = len(p)
    P = (K - 1) + K * d + K * d * (d + 1) / 2
    bic = -2 * LL + P * np.log(N)
    return bic, LL


# %% n_parameters
def n_parameters(n_clusters, n_dims):
    mean, cov = n_dims, n_dims * (n_dims + 1) // 2
    return (mean + cov) * n_clusters + n_clusters - 1
