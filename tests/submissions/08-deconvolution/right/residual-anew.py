# style: the residual computed anew, amplitudes again at the end
# %% fit_deconvolution
def fit_deconvolution(X, n_neurons, width, rank=1, lam=5.0, sigma=1.0, n_iters=20, random_seed=0):
    rng = np.random.default_rng(random_seed)
    templates = np.zeros((n_neurons, len(X), width))
    amplitudes = np.zeros((n_neurons, X.shape[1] - width + 1))

    def without(k):
        R = X.copy()
        for j in range(n_neurons):
            for t in np.flatnonzero(amplitudes[j]) if j != k else ():
                R[:, t : t + width] -= amplitudes[j, t] * templates[j]
        return R

    def spikes(k, R):
        score = np.asarray(score_templates(R, templates[k][None]))[0]
        peaks, found = find_peaks(score, height=lam * sigma**2, distance=width)
        amplitudes[k] = 0
        amplitudes[k, peaks] = found["peak_heights"] - lam * sigma**2

    for _ in range(n_iters):
        for k in range(n_neurons):
            R = without(k)
            times = np.flatnonzero(amplitudes[k])
            if len(times):
                windows = R[:, times[:, None] + np.arange(width)]
                templates[k] = update_template(
                    np.einsum("ntw,t->nw", windows, amplitudes[k, times]), rank
                )
            else:
                templates[k] = update_template(new_template(R, width, rng), rank)
            spikes(k, R)
    return templates, amplitudes
