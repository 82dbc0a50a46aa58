# breaks: fit_rf
# why: standardises each pixel
# feedback: standardised
# %% fit_rf
from scipy.optimize import minimize


def fit_rf(stim, counts, lags, dt, R):
    W = np.zeros((len(stim), len(lags)))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], counts[lag:]
        s = (s - s.mean(1, keepdims=True)) / s.std(1, keepdims=True)

        def loss(w):
            r = np.exp(w @ s) * dt * R
            return np.sum(r - c * np.log(r)), s @ (r - c)

        W[:, i] = minimize(loss, np.zeros(len(s)), jac=True, method="BFGS").x
    return W
