# breaks: fit_lasso_rf
# carries: lasso_path
# why: scikit-learn's Lasso on log counts
# feedback: 
# %% fit_lasso_rf
from sklearn.linear_model import Lasso


def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    return Lasso(alpha=alpha, tol=1e-8).fit(stim[:, :n].T, np.log(counts[lag:] + 1)).coef_
