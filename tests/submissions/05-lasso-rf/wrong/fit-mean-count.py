# breaks: fit_rf
# why: the rate without a stimulus is the mean count, whatever dt and R
# feedback: mean count was used in place of dt·R
# %% fit_rf
from scipy.optimize import minimize


def fit_rf(stim, counts, lags, dt, R):
    W = np.zeros((len(stim), len(lags)))
    for j, lag in enumerate(lags):
        s, c = stim[:, : len(counts) - lag], counts[lag:]
        scale = counts.mean()

        def loss(w):
            r = np.exp(w @ s) * scale
            return np.sum(r - c * (w @ s)), s @ (r - c)

        W[:, j] = minimize(loss, np.zeros(len(s)), jac=True, method="BFGS").x
    return W
