# breaks: fit_rf
# why: PoissonRegressor penalises squares unless alpha=0
# feedback: alpha=1 unless told otherwise
# %% fit_rf
from sklearn.linear_model import PoissonRegressor


def fit_rf(stim, counts, lags, dt, R):
    W = []
    for lag in lags:
        n = len(counts) - lag
        model = PoissonRegressor(fit_intercept=False, tol=1e-8, max_iter=1000)
        W.append(model.fit(stim[:, :n].T, counts[lag:] / (dt * R)).coef_)
    return np.transpose(W)
