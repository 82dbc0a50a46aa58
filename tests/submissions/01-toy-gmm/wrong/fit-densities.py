# breaks: fit_mog
# why: responsibilities from densities: 0/0 for points far from every cluster
# feedback: log
# %% fit_mog
def gaussian(x, m, S):
    d = x - m
    norm = 1 / np.sqrt((2 * np.pi) ** len(m) * np.linalg.det(S))
    return norm * np.exp(-0.5 * np.sum(d @ np.linalg.inv(S) * d, axis=1))


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n, d = x.shape
    m = x[rng.choice(n, size=n_clusters, replace=False)]
    S = np.array([np.cov(x, rowvar=False)] * n_clusters)
    p = np.ones(n_clusters) / n_clusters

    for _ in range(n_iters):
        r = np.array([p[k] * gaussian(x, m[k], S[k]) for k in range(n_clusters)]).T
        r = r / r.sum(axis=1, keepdims=True)
        N_k = r.sum(axis=0)
        m = r.T @ x / N_k[:, np.newaxis]
        for k in range(n_clusters):
            diff = x - m[k]
            S[k] = (r[:, k] * diff.T) @ diff / N_k[k] + 1e-6 * np.eye(d)
        p = N_k / n
    labels = r.argmax(axis=1)
    return labels, m, S, p
