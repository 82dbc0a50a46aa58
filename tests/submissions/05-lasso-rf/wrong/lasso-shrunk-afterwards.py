# breaks: fit_lasso_rf
# carries: lasso_path
# why: a soft threshold of the unpenalised fit
# feedback: made smaller by α
# %% fit_lasso_rf
from scipy.optimize import minimize


def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = np.vstack([stim[:, :n], np.ones(n)]), counts[lag:]

    def loss(w):
        r = np.exp(w @ s)
        return np.mean(r - c * (w @ s)), s @ (r - c) / n

    w = minimize(loss, np.zeros(len(s)), jac=True, method="BFGS").x[:-1]
    return np.sign(w) * np.maximum(np.abs(w) - alpha, 0)
