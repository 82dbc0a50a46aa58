# breaks: sample_data
# why: points are the means of their clusters, without any noise
# feedback: draw noise for every point
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    return labels, np.asarray(m)[labels]
