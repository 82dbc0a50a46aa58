# style: L-BFGS-B with default tolerances on the mean log-likelihood of scipy.stats
# %% fit_rf
from scipy.optimize import minimize
from scipy import stats


def fit_rf(stim, counts, lags, dt, R):
    W = np.zeros((len(stim), len(lags)))
    for i, lag in enumerate(lags):
        c = counts[lag:]
        s = stim[:, : len(c)]

        def loss(w):
            r = np.exp(w @ s) * dt * R
            return -stats.poisson.logpmf(c, r).sum(), s @ (r - c)

        W[:, i] = minimize(loss, np.zeros(len(s)), jac=True, method="L-BFGS-B").x
    return W
