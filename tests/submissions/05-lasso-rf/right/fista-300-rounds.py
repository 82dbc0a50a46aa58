# style: FISTA with a fixed number of rounds and no stopping rule
# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    c = np.asarray(counts)[lag:]
    n = len(c)
    s = stim[:, :n]
    w = z = np.zeros(len(s))
    b, t, h = np.log(c.mean()), 1.0, 0.5

    def smooth(w):
        eta = w @ s
        eta = eta + np.log(c.mean() / np.exp(eta).mean())
        return np.mean(np.exp(eta) - c * eta), s @ (np.exp(eta) - c) / n

    for _ in range(300):
        f, g = smooth(z)
        while True:
            new = z - h * g
            new = np.sign(new) * np.maximum(np.abs(new) - h * alpha, 0)
            d = new - z
            if smooth(new)[0] <= f + g @ d + d @ d / (2 * h) + 1e-12:
                break
            h /= 2
        t_new = (1 + np.sqrt(1 + 4 * t * t)) / 2
        z = new + (t - 1) / t_new * (new - w)
        w, t = new, t_new
    return w

# %% lasso_path
def lasso_path(stim, counts, lags, alphas):
    W = np.zeros((len(stim), len(lags), len(alphas)))
    score = np.zeros(len(alphas))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], np.asarray(counts[lag:])
        for j, alpha in enumerate(alphas):
            W[:, i, j] = fit_lasso_rf(stim, counts, lag, alpha)
            for test in np.array_split(np.arange(n), 5):
                train = np.delete(np.arange(n), test)
                w = fit_lasso_rf(s[:, train], c[train], 0, alpha)
                b = np.log(c[train].sum() / np.exp(w @ s[:, train]).sum())
                eta = w @ s[:, test] + b
                score[j] += np.mean(np.exp(eta) - c[test] * eta)
    return W, alphas[np.argmin(score)]
