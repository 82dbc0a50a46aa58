# style: trust region with Hessian, searchsorted of sorted spikes, L-BFGS-B of scipy.optimize
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    return np.diff(np.searchsorted(np.sort(spiketimes), triggers, side="left")).astype(float)

# %% fit_rf
from scipy import optimize


def fit_rf(stim, counts, lags, dt, R):
    def one(lag):
        s, c = stim[:, : len(counts) - lag], counts[lag:]
        rate = lambda w: np.exp(w @ s + np.log(dt * R))
        return optimize.minimize(
            lambda w: np.mean(rate(w) - c * (w @ s)), np.zeros(len(s)), method="trust-ncg",
            jac=lambda w: s @ (rate(w) - c) / len(c), hess=lambda w: (s * rate(w)) @ s.T / len(c),
        ).x

    return np.column_stack([one(lag) for lag in lags])
