# breaks: sample_data
# why: draws from NumPy's global state; random_seed is never used
# feedback: random_seed | default_rng(random_seed)
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    labels = np.random.choice(len(p), size=n_samples, p=p)
    x = np.array([np.random.multivariate_normal(m[l], S[l]) for l in labels])
    return labels, x
