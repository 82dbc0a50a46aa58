# breaks: log_joint
# carries: fit_seminmf
# why: the logarithm of a product that is too small for a number
# feedback: add up their logarithms
# %% log_joint
def log_joint(X, W, A, lam, sigma):
    density = np.exp(-((X - W @ A.T) ** 2) / (2 * sigma**2)) / np.sqrt(2 * np.pi * sigma**2)
    return np.log(np.prod(density)) + A.size * np.log(lam) - lam * A.sum()
