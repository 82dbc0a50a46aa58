# breaks: fit_lasso_rf
# carries: lasso_path
# why: the sum of squares is penalised
# feedback: squares of the weights
# %% fit_lasso_rf
from scipy.optimize import minimize


def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = stim[:, :n], counts[lag:]

    def loss(x):
        w, b = x[:-1], x[-1]
        r = np.exp(w @ s + b)
        slope = np.append(s @ (r - c) / n + 2 * alpha * w, np.mean(r - c))
        return np.mean(r - c * np.log(r)) + alpha * np.sum(w**2), slope

    return minimize(loss, np.zeros(len(s) + 1), jac=True, method="BFGS").x[:-1]
