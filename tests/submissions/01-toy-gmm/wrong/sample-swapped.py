# breaks: sample_data
# why: returns (x, labels) instead of (labels, x)
# feedback: labels | order
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), p=p, size=n_samples)
    x = np.array([rng.multivariate_normal(m[l], S[l]) for l in labels])
    return x, labels
