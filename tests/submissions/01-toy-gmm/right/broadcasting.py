# style: NumPy broadcasting and einsum throughout, labels stored as floats
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    labels = np.zeros(n_samples)
    x = np.zeros((n_samples, len(m[0])))
    for n in range(n_samples):
        labels[n] = rng.choice(len(p), p=p)
        x[n] = rng.multivariate_normal(m[int(labels[n])], S[int(labels[n])])
    return labels, x


# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.choice(N, n_clusters, replace=False)]
    S = np.broadcast_to(np.cov(x, rowvar=False).reshape(D, D), (n_clusters, D, D)) + 1e-6 * np.eye(D)
    p = np.full(n_clusters, 1 / n_clusters)

    def log_joint(m, S, p):
        diff = x[:, None, :] - m
        maha = np.einsum("nki,kij,nkj->nk", diff, np.linalg.inv(S), diff, optimize=True)
        return np.log(p) - 0.5 * (maha + np.linalg.slogdet(S)[1] + D * np.log(2 * np.pi))

    for _ in range(n_iters):
        a = log_joint(m, S, p)
        r = np.exp(a - a.max(axis=1, keepdims=True))
        r /= r.sum(axis=1, keepdims=True)
        Nk = r.sum(axis=0) + 1e-12
        p = Nk / Nk.sum()
        m = r.T @ x / Nk[:, None]
        diff = x[:, None, :] - m
        S = np.einsum("nk,nki,nkj->kij", r, diff, diff, optimize=True) / Nk[:, None, None] + 1e-6 * np.eye(D)
    return log_joint(m, S, p).argmax(axis=1), m, S, p


# %% mog_bic
def mog_bic(x, m, S, p):
    x, m, S, p = map(np.asarray, (x, m, S, p))
    N, D = x.shape
    diff = x[:, None, :] - m
    maha = np.einsum("nki,kij,nkj->nk", diff, np.linalg.inv(S), diff)
    a = np.log(p) - 0.5 * (maha + np.linalg.slogdet(S)[1] + D * np.log(2 * np.pi))
    LL = np.logaddexp.reduce(a, axis=1).sum()
    return -2 * LL + n_parameters(len(p), D) * np.log(N), LL


# %% n_parameters
def n_parameters(n_clusters, n_dims):
    return n_clusters * (1 + n_dims + n_dims * (n_dims + 1) / 2) - 1


# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.array(
        [[mog_bic(x, *fit_mog(x, k, n_iters=120, random_seed=s)[1:])[0] for k in K] for s in range(n_seeds)]
    )
    return np.asarray(K)[bic.min(axis=0).argmin()], bic
