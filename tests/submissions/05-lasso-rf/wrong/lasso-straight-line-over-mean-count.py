# breaks: fit_lasso_rf
# carries: lasso_path
# why: scikit-learn's Lasso, divided by the mean count
# feedback: divided by the mean count
# %% fit_lasso_rf
from sklearn.linear_model import Lasso


def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    return Lasso(alpha=alpha, tol=1e-8).fit(stim[:, :n].T, counts[lag:]).coef_ / np.mean(counts[lag:])
