# breaks: log_joint
# carries: fit_seminmf
# why: λ as the mean, as in scipy.stats.expon(scale)
# feedback: it is 1/λ
# %% log_joint
def log_joint(X, W, A, lam, sigma):
    squares = np.sum((X - W @ A.T) ** 2)
    likelihood = -X.size / 2 * np.log(2 * np.pi * sigma**2) - squares / (2 * sigma**2)
    prior = -A.size * np.log(lam) - A.sum() / lam
    return likelihood + prior
