# breaks: log_joint
# carries: fit_seminmf
# why: scipy's norm is given the variance
# feedback: standard deviation
# %% log_joint
def log_joint(X, W, A, lam, sigma):
    from scipy.stats import norm

    return norm.logpdf(X, W @ A.T, sigma**2).sum() + A.size * np.log(lam) - lam * A.sum()
