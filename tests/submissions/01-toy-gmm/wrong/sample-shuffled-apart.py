# breaks: sample_data
# why: shuffles the points but not their labels
# feedback: mean
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n_k = rng.multinomial(n_samples, p)
    labels = np.repeat(np.arange(len(p)), n_k)
    x = np.vstack([rng.multivariate_normal(m[k], S[k], n_k[k]) for k in range(len(p))])
    rng.shuffle(x)
    return labels, x
