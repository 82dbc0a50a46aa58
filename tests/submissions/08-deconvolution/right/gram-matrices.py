# style: all amplitudes, then all waveforms, without a residual
# %% fit_seminmf
def fit_seminmf(X, n_neurons, lam, sigma, n_iters=50, random_seed=0):
    rng = np.random.default_rng(random_seed)
    loud = np.argsort((X**2).sum(axis=0))[-max(2 * n_neurons, X.shape[1] // 5) :]
    W = X[:, rng.choice(loud, n_neurons, replace=False)]
    W = W / np.linalg.norm(W, axis=0)
    A = np.zeros((X.shape[1], n_neurons))
    history = []
    for _ in range(n_iters):
        drive, G = X.T @ W - lam * sigma**2, W.T @ W
        for k in range(n_neurons):
            A[:, k] = np.maximum(0, drive[:, k] - A @ G[:, k] + A[:, k] * G[k, k])
        XA, H = X @ A, A.T @ A
        for k in range(n_neurons):
            if H[k, k] > 0:
                w = XA[:, k] - W @ H[:, k] + W[:, k] * H[k, k]
                W[:, k] = w / np.linalg.norm(w)
        history.append(log_joint(X, W, A, lam, sigma))
    return W, A, np.array(history)
