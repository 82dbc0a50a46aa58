# style: starts from k-means, labels from the last E-step, tells about its progress
# %% fit_mog
from scipy.cluster.vq import kmeans2
from scipy.linalg import solve_triangular


def e_step(x, m, S, p):
    logs = []
    for mk, Sk, pk in zip(m, S, p):
        L = np.linalg.cholesky(Sk)
        y = solve_triangular(L, (x - mk).T, lower=True)
        logs.append(np.log(pk) - 0.5 * np.sum(y**2, axis=0) - np.sum(np.log(np.diag(L))))
    logs = np.array(logs).T
    logs = logs - logs.max(axis=1, keepdims=True)
    r = np.exp(logs)
    return r / r.sum(axis=1, keepdims=True)


def m_step(x, r):
    N, D = x.shape
    Nk = r.sum(axis=0) + 1e-8
    m = (r.T @ x) / Nk[:, None]
    S = [(r[:, k] * (x - m[k]).T) @ (x - m[k]) / Nk[k] + 1e-6 * np.eye(D) for k in range(r.shape[1])]
    return m, S, Nk / Nk.sum()


def fit_mog(x, n_clusters, n_iters=10, random_seed=0, verbose=True):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # kmeans2 grumbles about empty clusters
        centres, lab = kmeans2(x, n_clusters, iter=10, minit="points", seed=random_seed)
    r = np.eye(n_clusters)[lab]
    m, S, p = m_step(x, r)
    for i in range(n_iters):
        r = e_step(x, m, S, p)
        m, S, p = m_step(x, r)
        if verbose and i % 10 == 0:
            print("iteration", i, "weights", p)
    return r.argmax(axis=1), m, S, p


# %% select_n_clusters
def select_n_clusters(x, K, n_seeds, n_iters=200):
    bic = np.empty((n_seeds, len(K)))
    for seed in range(n_seeds):
        print(f"seed {seed}")
        for j, k in enumerate(K):
            labels, m, S, p = fit_mog(x, k, n_iters, seed)
            bic[seed, j], _ = mog_bic(x, m, S, p)
    return K[np.argmin(np.min(bic, axis=0))], bic
