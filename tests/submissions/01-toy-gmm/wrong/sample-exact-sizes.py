# breaks: sample_data
# why: every cluster gets exactly p·N points, so the sizes never vary between seeds
# feedback: cluster sizes | independent
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    rng = np.random.default_rng(random_seed)
    K = len(p)
    n_per_cluster = [int(p[k] * n_samples) for k in range(K)]
    n_per_cluster[-1] = n_samples - sum(n_per_cluster[:-1])

    labels, x = [], []
    for k in range(K):
        x.append(rng.multivariate_normal(m[k], S[k], size=n_per_cluster[k]))
        labels.append(k * np.ones(n_per_cluster[k], dtype=int))
    return np.concatenate(labels), np.concatenate(x)
