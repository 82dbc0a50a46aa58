# breaks: fit_lasso_rf
# carries: lasso_path
# why: small weights of the unpenalised fit are set to 0
# feedback: small weights set to 0
# %% fit_lasso_rf
from scipy.optimize import minimize


def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = np.vstack([stim[:, :n], np.ones(n)]), counts[lag:]

    def loss(w):
        r = np.exp(w @ s)
        return np.mean(r - c * (w @ s)) + 1e-4 * w @ w, s @ (r - c) / n + 2e-4 * w

    w = minimize(loss, np.zeros(len(s)), jac=True, method="BFGS").x[:-1]
    return np.where(np.abs(w) > alpha, w, 0)
