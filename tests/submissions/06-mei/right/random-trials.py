# style: many random trials against the others, averaged
# %% oracle_correlation
def oracle_correlation(responses):
    rng = np.random.default_rng(1)
    n_images, n_trials, n_neurons = responses.shape
    result = np.zeros(n_neurons)
    for k in range(n_neurons):
        r = responses[:, :, k]
        r = r[np.isfinite(r).sum(axis=1) > 1]
        n, total, i = np.isfinite(r).sum(axis=1), np.nansum(r, axis=1), np.arange(len(r))
        rho = []
        for _ in range(60):
            pick = np.where(np.isfinite(r), rng.random(r.shape), 2).argmin(axis=1)
            a = r[i, pick]
            rho.append(np.corrcoef(a, (total - a) / (n - 1))[0, 1])
        result[k] = np.mean(rho)
    return result


# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    good = {i for i, x in enumerate(oracle) if x > np.nanquantile(oracle, oracle_quantile)}
    lively = {i for i, x in enumerate(variance) if x > np.nanquantile(variance, variance_quantile)}
    return np.array(sorted(good & lively), dtype=int)
