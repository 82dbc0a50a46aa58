# breaks: fit_lasso_rf
# carries: lasso_path
# why: a row of ones whose weight is penalised like the others
# feedback: intercept is penalised
# %% fit_lasso_rf
from scipy.optimize import minimize


def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = np.vstack([stim[:, :n], np.ones(n)]), counts[lag:]
    p = len(s)

    def loss(x):
        w = x[:p] - x[p:]
        r = np.exp(w @ s)
        g = s @ (r - c) / n
        return np.mean(r - c * (w @ s)) + alpha * x.sum(), np.append(g + alpha, alpha - g)

    bounds = [(0, None)] * (2 * p)
    x = minimize(loss, np.zeros(2 * p), jac=True, method="L-BFGS-B", bounds=bounds,
                 options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 5000}).x
    return (x[:p] - x[p:])[:-1]
