# breaks: sample_data
# why: z L instead of z Lᵀ, so the covariance is LᵀL
# feedback: transposed
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    """Sample from the mixture with the Cholesky trick."""
    rng = np.random.default_rng(random_seed)
    L = [np.linalg.cholesky(Sk) for Sk in S]
    u = rng.random(n_samples)
    labels = np.searchsorted(np.cumsum(p)[:-1], u)
    z = rng.standard_normal((n_samples, len(m[0])))
    x = np.stack([m[k] + z[i] @ L[k] for i, k in enumerate(labels)])
    return labels, x
