# style: BFGS with default tolerance, L-BFGS-B on positive and negative parts, best mean deviance
# %% fit_rf
from scipy.optimize import minimize


def fit_rf(stim, counts, lags, dt, R):
    W = np.zeros((len(stim), len(lags)))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], counts[lag:]

        def loss(w):
            r = np.exp(w @ s) * dt * R
            return np.sum(r - c * np.log(r)), s @ (r - c)

        W[:, i] = minimize(loss, np.zeros(len(s)), jac=True, method="BFGS").x
    return W

# %% fit_lasso_rf
from scipy.optimize import minimize


def fit_lasso_rf(stim, counts, lag, alpha):
    c = np.asarray(counts[lag:], float)
    n = len(c)
    s = stim[:, :n]
    p = len(s)

    def loss(x):
        w, b = x[:p] - x[p : 2 * p], x[-1]
        eta = w @ s + b
        r = np.exp(np.minimum(eta, 50))
        g = s @ (r - c) / n
        slope = np.concatenate([g + alpha, alpha - g, [np.mean(r - c)]])
        return np.mean(r - c * eta) + alpha * x[: 2 * p].sum(), slope

    start = np.zeros(2 * p + 1)
    start[-1] = np.log(c.mean())
    bounds = [(0, None)] * (2 * p) + [(None, None)]
    x = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds,
                 options={"maxiter": 2000, "maxfun": 5000}).x
    return x[:p] - x[p : 2 * p]

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
