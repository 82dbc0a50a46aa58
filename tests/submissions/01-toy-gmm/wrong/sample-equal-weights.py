# breaks: sample_data
# why: draws every cluster equally often, the mixing weights are not used
# feedback: weights
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    labels = rng.integers(0, len(m), n_samples)
    x = np.zeros((n_samples, m[0].size))
    for k in range(len(m)):
        x[labels == k] = rng.multivariate_normal(m[k], S[k], (labels == k).sum())
    return labels, x
