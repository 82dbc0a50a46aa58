# style: waveform and amplitudes of a neuron together; the residual computed anew
# %% fit_seminmf
def fit_seminmf(X, n_neurons, lam, sigma, n_iters=50, random_seed=0):
    rng = np.random.default_rng(random_seed)
    W = rng.normal(size=(len(X), n_neurons))
    W /= np.linalg.norm(W, axis=0)
    A = np.maximum(0, X.T @ W)
    values = []
    for _ in range(n_iters):
        for k in range(n_neurons):
            others = np.arange(n_neurons) != k
            R = X - W[:, others] @ A[:, others].T
            if A[:, k].sum() > 0:
                W[:, k] = update_waveform(R, A[:, k])
            else:
                W[:, k] = new_waveforms(X, 1, rng)[:, 0]
            A[:, k] = update_amplitudes(R, W[:, k], lam, sigma)
        values.append(log_joint(X, W, A, lam, sigma))
    return W, A, values
