# breaks: log_joint
# carries: fit_seminmf
# why: all constants left out
# feedback: all constants are missing
# %% log_joint
def log_joint(X, W, A, lam, sigma):
    squares = np.sum((X - W @ A.T) ** 2)
    likelihood = -squares / (2 * sigma**2)
    prior = -lam * A.sum()
    return likelihood + prior
