# style: alternating directions: a smooth step by Newton's method and a soft threshold
# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    c = np.asarray(counts, float)[lag:]
    n = len(c)
    X = np.vstack([stim[:, :n], np.ones(n)])
    p, rho = len(stim), max(alpha, 0.05) * 2
    x = np.append(np.zeros(p), np.log(c.mean()))
    z, y = np.zeros(p), np.zeros(p)
    ridge = rho * np.append(np.ones(p), 0)
    for _ in range(120):
        for _ in range(2):
            r = np.exp(np.clip(x @ X, -30, 30))
            g = X @ (r - c) / n
            g[:-1] += rho * (x[:-1] - z + y)
            x = x - np.linalg.solve((X * r) @ X.T / n + np.diag(ridge), g)
        old = z
        z = x[:-1] + y
        z = np.sign(z) * np.maximum(np.abs(z) - alpha / rho, 0)
        y = y + x[:-1] - z
        if max(np.abs(z - old).max(), np.abs(z - x[:-1]).max()) < 1e-5:
            break
    return z

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
