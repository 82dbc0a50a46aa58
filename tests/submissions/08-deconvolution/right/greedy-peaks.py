# style: its own peak picking, the highest first; noise for new templates
# %% fit_deconvolution
def fit_deconvolution(X, n_neurons, width, rank=1, lam=5.0, sigma=1.0, n_iters=20, random_seed=0):
    rng = np.random.default_rng(random_seed)
    N, T = X.shape
    W = np.array([update_template(rng.standard_normal((N, width)), rank) for _ in range(n_neurons)])
    a = np.zeros((n_neurons, T - width + 1))
    R = X.copy()
    for _ in range(n_iters):
        for k in range(n_neurons):
            for t in np.flatnonzero(a[k]):
                R[:, t : t + width] += a[k, t] * W[k]
            a[k] = 0
            s = np.array(score_templates(R, W[k : k + 1])[0]) - lam * sigma**2
            while s.max() > 0:
                t = s.argmax()
                a[k, t] = s[t]
                s[max(0, t - width + 1) : t + width] = 0
            spikes = np.flatnonzero(a[k])
            if len(spikes) == 0:
                W[k] = update_template(rng.standard_normal((N, width)), rank)
                continue
            W[k] = update_template(sum(a[k, t] * R[:, t : t + width] for t in spikes), rank)
            for t in spikes:
                R[:, t : t + width] -= a[k, t] * W[k]
    return W, a
