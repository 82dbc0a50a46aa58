# breaks: fit_rf
# why: one model of all lags together
# feedback: fit each lag alone
# %% fit_rf
from scipy.optimize import minimize


def fit_rf(stim, counts, lags, dt, R):
    p, n = stim.shape
    s = np.vstack([np.hstack([np.zeros((p, lag)), stim[:, : n - lag]]) for lag in lags])

    def loss(w):
        r = np.exp(w @ s) * dt * R
        return np.sum(r - counts * np.log(r)), s @ (r - counts)

    w = minimize(loss, np.zeros(len(s)), jac=True, method="BFGS").x
    return w.reshape(len(lags), p).T
