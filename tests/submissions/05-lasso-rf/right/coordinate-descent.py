# style: one pixel at a time: Newton steps with soft thresholds, ten blocks
# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    c = np.asarray(counts)[lag:]
    s = stim[:, : len(c)]
    n = len(c)
    w, b = np.zeros(len(s)), np.log(c.mean())
    eta = np.full(n, b)
    for _ in range(60):
        # A quadratic model around the present weights ...
        r = np.exp(eta)
        H = (s * r) @ s.T / n
        mean_s = s @ r / n
        H -= np.outer(mean_s, mean_s) / r.mean()  # the intercept follows
        g = s @ (r - c) / n
        new = w.copy()
        grad = g.copy()
        for _ in range(100):
            largest = 0.0
            for j in range(len(w)):
                h = H[j, j] + 1e-9
                x = new[j] - grad[j] / h
                x = np.sign(x) * max(abs(x) - alpha / h, 0.0)
                if x != new[j]:
                    grad += H[:, j] * (x - new[j])
                    largest = max(largest, abs(x - new[j]))
                    new[j] = x
            if largest < 1e-9:
                break
        # ... whose minimum is approached as far as the objective falls.
        step, old = 1.0, objective_of(w, s, c, alpha)
        while objective_of(w + step * (new - w), s, c, alpha) > old + 1e-12 and step > 1e-8:
            step /= 2
        change = np.abs(step * (new - w)).max()
        w = w + step * (new - w)
        if step == 1.0:
            w = new
        eta = w @ s + np.log(c.mean() / np.exp(w @ s).mean())
        if change < 1e-8:
            break
    return w


def objective_of(w, s, c, alpha):
    eta = w @ s
    eta = eta + np.log(c.mean() / np.exp(eta).mean())
    return np.mean(np.exp(eta) - c * eta) + alpha * np.abs(w).sum()

# %% lasso_path
def lasso_path(stim, counts, lags, alphas):
    W = np.zeros((len(stim), len(lags), len(alphas)))
    score = np.zeros(len(alphas))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], np.asarray(counts[lag:])
        for j, alpha in enumerate(alphas):
            W[:, i, j] = fit_lasso_rf(stim, counts, lag, alpha)
            for test in np.array_split(np.arange(n), 10):
                train = np.delete(np.arange(n), test)
                w = fit_lasso_rf(s[:, train], c[train], 0, alpha)
                b = np.log(c[train].sum() / np.exp(w @ s[:, train]).sum())
                eta = w @ s[:, test] + b
                score[j] += np.mean(np.exp(eta) - c[test] * eta)
    return W, alphas[np.argmin(score)]
