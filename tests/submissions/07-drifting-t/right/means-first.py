# style: new p and S from sums of squares about the block means; tracks by loops over blocks
# %% fit_drifting_mot
def fit_drifting_mot(x, t, n_clusters, nu=4.0, block=60.0, Q=0.03, n_iters=50, random_seed=0):
    x, t = np.asarray(x, float), np.asarray(t, float)
    n, d = x.shape
    order = np.argsort(t, kind="stable")
    back = np.argsort(order)
    x, b = x[order], (t[order] // block).astype(int)
    T = int(np.max(t) // block) + 1
    edges = np.searchsorted(b, np.arange(T + 1))
    Q = np.broadcast_to(Q, ()) * np.eye(d) if np.ndim(Q) == 0 else np.asarray(Q)
    C = np.cov(x, rowvar=False, bias=True)
    rng = np.random.default_rng(random_seed)
    first = start_means(x, n_clusters, rng)
    m = np.array([[mean] * T for mean in first])
    S, p = np.array([C] * n_clusters), np.ones(n_clusters) / n_clusters
    floor = 1e-6 * np.trace(C) / d
    for i in range(n_iters + 1):
        r = np.array([x - m[k][b] for k in range(n_clusters)])
        delta = np.array([np.sum(r[k] @ np.linalg.inv(S[k]) * r[k], axis=1) for k in range(n_clusters)])
        with np.errstate(divide="ignore"):
            logs = np.log(p)[:, None] - np.linalg.slogdet(S)[1][:, None] / 2
        logs = logs - (nu + d) / 2 * np.log1p(delta / nu)
        z = np.exp(logs - logs.max(axis=0))
        z /= z.sum(axis=0)
        if i == n_iters:
            break
        g, N = z * (nu + d) / (nu + delta), z.sum(axis=1)
        p = N / n
        for k in range(n_clusters):
            if N[k] < 2 * d:
                continue
            pieces = [slice(*edges[j : j + 2]) for j in range(T)]
            weights = np.array([g[k, s].sum() for s in pieces])
            sums = np.array([g[k, s] @ x[s] for s in pieces])
            m[k] = smooth_means(weights, sums, S[k], Q)
            away = x - m[k][b]
            S[k] = away.T @ (away * g[k][:, None]) / N[k]
            S[k] += floor * np.eye(d) * (np.linalg.eigvalsh(S[k])[0] < floor)
    return z.argmax(axis=0)[back], m, S, p
