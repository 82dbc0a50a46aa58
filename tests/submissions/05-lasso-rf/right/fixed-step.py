# style: proximal gradient with one fixed small step, as the data at hand allow it
# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    X = np.vstack([stim[:, : len(counts) - lag], np.ones(len(counts) - lag)])
    c = counts[lag:]
    w = np.zeros(len(X))
    w[-1] = np.log(np.mean(c))
    h = 0.05
    for _ in range(1500):
        w = w - h * X @ (np.exp(X.T @ w) - c) / len(c)
        w[:-1] = np.sign(w[:-1]) * np.maximum(np.abs(w[:-1]) - h * alpha, 0)
    return w[:-1]

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
