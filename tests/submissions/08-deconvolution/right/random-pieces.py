# style: pieces of the data at random times as starts, several updates before the next neuron
# %% fit_deconvolution
def fit_deconvolution(X, n_neurons, width, rank=1, lam=5.0, sigma=1.0, n_iters=20, random_seed=0):
    rng = np.random.default_rng(random_seed)
    R = np.array(X, float)
    places = R.shape[1] - width + 1
    loud = np.convolve((R**2).sum(0), np.ones(width), "valid")
    templates, a = np.zeros((n_neurons, len(R), width)), np.zeros((n_neurons, places))
    for k in range(n_neurons):
        t = rng.choice(np.argsort(loud)[-places // 10 :])
        templates[k] = update_template(R[:, t : t + width], rank)
    for _ in range(n_iters):
        for k in range(n_neurons):
            for t in np.flatnonzero(a[k]):
                R[:, t : t + width] += a[k, t] * templates[k]
            score = score_templates(R, templates[[k]])[0]
            peaks = find_peaks(score, height=lam * sigma**2, distance=width)[0]
            a[k] = 0
            a[k, peaks] = score[peaks] - lam * sigma**2
            target = sum((a[k, t] * R[:, t : t + width] for t in peaks), np.zeros((len(R), width)))
            if target.any():
                templates[k] = update_template(target, rank)
            else:
                templates[k] = update_template(new_template(R, width, rng), rank)
            for t in peaks:
                R[:, t : t + width] -= a[k, t] * templates[k]
    return templates, a
