# breaks: sample_data
# why: the generator is always seeded with 42, whatever random_seed says
# feedback: random_seed | different seeds
# %% sample_data
rng = np.random.default_rng(42)


def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(42)
    # which cluster does each sample come from?
    labels = rng.choice(np.arange(len(p)), n_samples, p=p)
    x = np.zeros((n_samples, len(m[0])))
    for i in range(n_samples):
        x[i, :] = rng.multivariate_normal(m[labels[i]], S[labels[i]])
    return labels, x
