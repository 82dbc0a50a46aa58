# breaks: sample_data
# why: one noise value per point serves all coordinates: every cluster is a line
# feedback: noise | per point
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    eps = rng.standard_normal(n_samples)
    x = np.zeros((n_samples, np.shape(m)[1]))
    for i, k in enumerate(labels):
        x[i] = m[k] + np.linalg.cholesky(S[k]) @ np.full(x.shape[1], eps[i])
    return labels, x
