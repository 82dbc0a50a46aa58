# breaks: log_joint
# carries: fit_seminmf
# why: the constant of the prior only once
# feedback: not for each amplitude
# %% log_joint
def log_joint(X, W, A, lam, sigma):
    squares = np.sum((X - W @ A.T) ** 2)
    likelihood = -X.size / 2 * np.log(2 * np.pi * sigma**2) - squares / (2 * sigma**2)
    prior = np.log(lam) - lam * A.sum()
    return likelihood + prior
