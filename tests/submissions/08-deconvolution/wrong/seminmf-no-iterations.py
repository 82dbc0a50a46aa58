# breaks: fit_seminmf
# why: random waveforms and their amplitudes, no iteration; the log joint never falls, since it never changes
# feedback: as probable after | cosine
# %% fit_seminmf
def fit_seminmf(X, n_neurons, lam, sigma, n_iters=50, random_seed=0):
    W = np.random.default_rng(random_seed).standard_normal((len(X), n_neurons))
    W /= np.linalg.norm(W, axis=0)
    A = np.zeros((X.shape[1], n_neurons))
    A[:, 0] = update_amplitudes(X, W[:, 0], lam, sigma)
    return W, A, np.full(n_iters, log_joint(X, W, A, lam, sigma))
