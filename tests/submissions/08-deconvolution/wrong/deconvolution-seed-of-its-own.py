# breaks: fit_deconvolution
# why: the generator always has the seed 0
# feedback: same result | random_seed
# %% fit_deconvolution
def fit_deconvolution(X, n_neurons, width, rank=1, lam=5.0, sigma=1.0, n_iters=20, random_seed=0):
    """Fit X (N, T) by templates (K, N, D) and amplitudes (K, T − D + 1), D = width."""
    rng, threshold = np.random.default_rng(0), lam * sigma**2
    R = np.array(X, dtype=float)  # what no neuron explains; a copy
    templates = np.zeros((n_neurons, len(R), width))
    amplitudes = np.zeros((n_neurons, R.shape[1] - width + 1))

    def add(k, sign):
        for t in np.flatnonzero(amplitudes[k]):
            R[:, t : t + width] += sign * amplitudes[k, t] * templates[k]

    for i in range(n_iters):
        if i in (3, 5, 7, 9, 11):  # the weakest starts anew
            k = np.argmin((amplitudes**2).sum(axis=1))
            add(k, +1)
            amplitudes[k] = 0
        for k in range(n_neurons):
            if amplitudes[k].any():
                add(k, +1)
            else:
                templates[k] = update_template(new_template(R, width, rng), rank)
            score = score_templates(R, templates[[k]])[0]
            peaks = find_peaks(score, height=threshold, distance=width)[0]
            amplitudes[k] = 0
            amplitudes[k, peaks] = score[peaks] - threshold
            if len(peaks):
                target = sum(amplitudes[k, t] * R[:, t : t + width] for t in peaks)
                templates[k] = update_template(target, rank)
                add(k, -1)
    return templates, amplitudes
