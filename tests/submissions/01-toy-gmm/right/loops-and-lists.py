# style: plain Python loops over points and clusters, parameters in lists
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    labels = []
    x = []
    for n in range(n_samples):
        k = rng.choice(len(p), p=p)
        labels.append(int(k))
        x.append(rng.multivariate_normal(m[k], S[k]))
    return labels, x


# %% fit_mog
def log_gauss(xn, m, S_inv, logdet):
    d = xn - m
    return -0.5 * (len(m) * np.log(2 * np.pi) + logdet + d @ S_inv @ d)


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = [x[i] for i in rng.choice(N, n_clusters, replace=False)]
    S = [np.cov(x.T) + 1e-6 * np.eye(D) for k in range(n_clusters)]
    p = [1 / n_clusters] * n_clusters
    r = np.zeros((N, n_clusters))
    for it in range(n_iters):
        inverse = [np.linalg.inv(Sk) for Sk in S]
        logdet = [np.linalg.slogdet(Sk)[1] for Sk in S]
        for n in range(N):
            a = [np.log(p[k]) + log_gauss(x[n], m[k], inverse[k], logdet[k]) for k in range(n_clusters)]
            top = max(a)
            w = [np.exp(v - top) for v in a]
            for k in range(n_clusters):
                r[n, k] = w[k] / sum(w)
        for k in range(n_clusters):
            Nk = sum(r[:, k]) + 1e-12
            p[k] = Nk / N
            m[k] = sum(r[n, k] * x[n] for n in range(N)) / Nk
            S[k] = 1e-6 * np.eye(D)
            for n in range(N):
                d = x[n] - m[k]
                S[k] = S[k] + r[n, k] * d[:, None] * d[None, :] / Nk
    labels = [int(np.argmax(r[n])) for n in range(N)]
    return labels, m, S, p


# %% mog_bic
def mog_bic(x, m, S, p):
    N, D = x.shape
    LL = 0.0
    for n in range(N):
        a = []
        for k in range(len(p)):
            d = x[n] - m[k]
            a.append(
                np.log(p[k])
                - 0.5 * D * np.log(2 * np.pi)
                - 0.5 * np.log(np.linalg.det(S[k]))
                - 0.5 * d @ np.linalg.solve(S[k], d)
            )
        top = max(a)
        LL += top + np.log(sum(np.exp(v - top) for v in a))
    return [-2 * LL + n_parameters(len(p), D) * np.log(N), LL]


# %% n_parameters
def n_parameters(n_clusters, n_dims):
    n = n_clusters - 1
    for k in range(n_clusters):
        n += n_dims
        for i in range(n_dims):
            for j in range(i + 1):
                n += 1
    return n


# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = [[None for k in K] for s in range(n_seeds)]
    best_K, best = None, np.inf
    for s in range(n_seeds):
        for j, k in enumerate(K):
            labels, m, S, p = fit_mog(x, k, n_iters=100, random_seed=s)
            bic[s][j], LL = mog_bic(x, m, S, p)
            if bic[s][j] < best:
                best, best_K = bic[s][j], k
    return best_K, bic
