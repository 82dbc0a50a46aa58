# breaks: sample_data
# why: the number of dimensions is written into the code
# feedback: sample_data
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    x = np.zeros((n_samples, 2))
    for i, k in enumerate(labels):
        x[i] = m[k] + np.linalg.cholesky(S[k]) @ rng.standard_normal(2)
    return labels, x
