# breaks: fit_lasso_rf
# carries: lasso_path
# why: a rounded corner: no weight is exactly 0
# feedback: should be 0
# %% fit_lasso_rf
from scipy.optimize import minimize


def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = np.vstack([stim[:, :n], np.ones(n)]), counts[lag:]

    def loss(w):
        r = np.exp(w @ s)
        size = np.sqrt(w[:-1] ** 2 + 1e-4)
        g = s @ (r - c) / n
        g[:-1] += alpha * w[:-1] / size
        return np.mean(r - c * (w @ s)) + alpha * size.sum(), g

    start = np.append(np.zeros(len(stim)), np.log(c.mean()))
    return minimize(loss, start, jac=True, method="L-BFGS-B").x[:-1]
