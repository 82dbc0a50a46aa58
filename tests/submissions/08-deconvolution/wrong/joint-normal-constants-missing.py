# breaks: log_joint
# carries: fit_seminmf
# why: no constant of the normal density
# feedback: constants of the normal density
# %% log_joint
def log_joint(X, W, A, lam, sigma):
    squares = np.sum((X - W @ A.T) ** 2)
    likelihood = -squares / (2 * sigma**2)
    prior = A.size * np.log(lam) - lam * A.sum()
    return likelihood + prior
