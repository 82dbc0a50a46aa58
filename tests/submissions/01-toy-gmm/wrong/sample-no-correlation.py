# breaks: sample_data
# why: draws each dimension on its own, the covariances between dimensions are lost
# feedback: uncorrelated
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    D = len(m[0])
    x = np.zeros((n_samples, D))
    for i, k in enumerate(labels):
        for j in range(D):
            x[i, j] = rng.normal(m[k][j], np.sqrt(S[k][j, j]))
    return labels, x
