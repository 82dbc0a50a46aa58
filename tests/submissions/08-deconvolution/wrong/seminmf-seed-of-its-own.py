# breaks: fit_seminmf
# why: the generator always has the seed 0
# feedback: same result | random_seed
# %% fit_seminmf
def fit_seminmf(X, n_neurons, lam, sigma, n_iters=50, random_seed=0):
    """Fit X (N, T) by coordinate ascent; return W (N, K), A (T, K), log joints (n_iters,)."""
    rng = np.random.default_rng(0)
    W = new_waveforms(X, n_neurons, rng)
    A = np.zeros((X.shape[1], n_neurons))
    R = np.array(X, dtype=float)  # what no neuron explains; a copy
    log_joints = []
    for _ in range(n_iters):
        for k in range(n_neurons):
            R += np.outer(W[:, k], A[:, k])
            A[:, k] = update_amplitudes(R, W[:, k], lam, sigma)
            R -= np.outer(W[:, k], A[:, k])
        for k in range(n_neurons):
            if not A[:, k].any():
                W[:, k] = new_waveforms(X, 1, rng)[:, 0]
                continue
            R += np.outer(W[:, k], A[:, k])
            W[:, k] = update_waveform(R, A[:, k])
            R -= np.outer(W[:, k], A[:, k])
        log_joints.append(log_joint(X, W, A, lam, sigma))
    return W, A, np.array(log_joints)
