# style: precision matrices and Cholesky factors, an explicit rule for empty clusters
# %% fit_mog
def whiten(x, m, S, floor):
    try:
        L = np.linalg.cholesky(np.linalg.inv(S))
    except np.linalg.LinAlgError:
        L = np.linalg.cholesky(np.linalg.inv(S + floor * np.eye(len(m))))
    return (x - m) @ L, np.log(np.diag(L)).sum()


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n, d = x.shape
    floor = 1e-6 * x.var() + 1e-12
    m = x[rng.choice(n, n_clusters, replace=False)].astype(float)
    S = np.array([np.cov(x.T, bias=True).reshape(d, d) + floor * np.eye(d)] * n_clusters)
    p = np.full(n_clusters, 1 / n_clusters)
    alive = np.ones(n_clusters, bool)

    def posterior():
        log_joint = np.full((n, n_clusters), -np.inf)
        for k in np.where(alive)[0]:
            z, half_log_det = whiten(x, m[k], S[k], floor)
            log_joint[:, k] = np.log(p[k]) + half_log_det - 0.5 * np.sum(z * z, axis=1)
        log_joint -= log_joint.max(axis=1, keepdims=True)
        r = np.exp(log_joint)
        return r / r.sum(axis=1, keepdims=True)

    for _ in range(n_iters):
        r = posterior()
        n_k = r.sum(axis=0)
        alive &= n_k > 1e-3
        p = np.where(alive, n_k, 0)
        p = p / p.sum()
        for k in np.where(alive)[0]:
            m[k] = r[:, k] @ x / n_k[k]
            S[k] = ((x - m[k]).T * r[:, k]) @ (x - m[k]) / n_k[k] + floor * np.eye(d)
    return posterior().argmax(axis=1), m, S, p
