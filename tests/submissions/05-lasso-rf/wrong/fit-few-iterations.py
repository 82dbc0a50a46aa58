# breaks: fit_rf
# why: stops after two iterations
# feedback: stopped early
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

        W[:, i] = minimize(loss, np.zeros(len(s)), jac=True, method="BFGS", options={"maxiter": 2}).x
    return W
