# style: random starts, amplitudes first, its own formulas
# %% fit_seminmf
def fit_seminmf(X, n_neurons, lam, sigma, n_iters=50, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, T = X.shape
    W = rng.standard_normal((N, n_neurons))
    W = W / np.sqrt((W**2).sum(0))
    A = np.zeros((T, n_neurons))
    R = X - W @ A.T
    out = np.zeros(n_iters)
    for i in range(n_iters):
        for k in range(n_neurons):
            R = R + W[:, [k]] * A[:, k]
            a = np.maximum(0, R.T @ W[:, k] - lam * sigma**2)
            if a.max() > 0:
                w = R @ a
                W[:, k] = w / np.linalg.norm(w)
            elif not a.any():
                w = rng.standard_normal(N)
                W[:, k] = w / np.linalg.norm(w)
            A[:, k] = a
            R = R - W[:, [k]] * A[:, k]
        out[i] = (
            -0.5 * N * T * np.log(2 * np.pi * sigma**2)
            - 0.5 * (R**2).sum() / sigma**2
            + n_neurons * T * np.log(lam)
            - lam * A.sum()
        )
    return W, A, out
