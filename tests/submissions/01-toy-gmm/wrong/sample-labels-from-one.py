# breaks: sample_data
# why: numbers the clusters 1…K instead of 0…K−1
# feedback: 0 | labels
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    K = len(p)
    labels = rng.choice(range(1, K + 1), n_samples, p=p)
    x = np.array([rng.multivariate_normal(m[k - 1], S[k - 1]) for k in labels])
    return labels, x
