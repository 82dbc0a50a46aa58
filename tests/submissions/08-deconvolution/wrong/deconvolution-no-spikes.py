# breaks: fit_deconvolution
# why: random templates and not a single spike, so that all spikes are far apart
# feedback: no spike at all | far above
# %% fit_deconvolution
def fit_deconvolution(X, n_neurons, width, rank=1, lam=5.0, sigma=1.0, n_iters=20, random_seed=0):
    rng = np.random.default_rng(random_seed)
    W = [np.outer(rng.standard_normal(len(X)), rng.standard_normal(width)) for _ in range(n_neurons)]
    W = np.array([w / np.linalg.norm(w) for w in W])
    return W, np.zeros((n_neurons, X.shape[1] - width + 1))
