# breaks: fit_lasso_rf
# carries: lasso_path
# why: scikit-learn's PoissonRegressor, whose penalty is on squares
# feedback: squares of the weights
# %% fit_lasso_rf
from sklearn.linear_model import PoissonRegressor


def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    return PoissonRegressor(alpha=alpha, tol=1e-8).fit(stim[:, :n].T, counts[lag:]).coef_
