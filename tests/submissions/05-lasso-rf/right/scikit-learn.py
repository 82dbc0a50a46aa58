# style: PoissonRegressor without penalty or intercept, KFold, TruncatedSVD-like eigenvectors
# %% fit_rf
from sklearn.linear_model import PoissonRegressor


def fit_rf(stim, counts, lags, dt, R):
    W = []
    for lag in lags:
        n = len(counts) - lag
        model = PoissonRegressor(alpha=0, fit_intercept=False, max_iter=1000)
        W.append(model.fit(stim[:, :n].T, counts[lag:] / (dt * R)).coef_)
    return np.transpose(W)

# %% separate_space_time
def separate_space_time(W):
    M = np.asarray(W) - np.mean(W, axis=1)[:, None]
    values, vectors = np.linalg.eigh(M.T @ M)
    v, s = vectors[:, -1], np.sqrt(values[-1])
    u = M @ v / s
    sign = 1 if u.max() > -u.min() else -1
    return sign * u, s, sign * v

# %% lasso_path
from sklearn.metrics import mean_poisson_deviance
from sklearn.model_selection import KFold


def lasso_path(stim, counts, lags, alphas):
    W = np.zeros((len(stim), len(lags), len(alphas)))
    score = np.zeros(len(alphas))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], np.asarray(counts[lag:])
        for j, alpha in enumerate(alphas):
            W[:, i, j] = fit_lasso_rf(stim, counts, lag, alpha)
            for train, test in KFold(5).split(s.T):
                w = fit_lasso_rf(s[:, train], c[train], 0, alpha)
                b = np.log(c[train].sum() / np.exp(w @ s[:, train]).sum())
                eta = w @ s[:, test] + b
                score[j] += mean_poisson_deviance(c[test], np.exp(eta))
    return W, alphas[np.argmin(score)]
