# breaks: sample_data
# why: multiplies the noise by Σ instead of by a square root of Σ
# feedback: square root
# %% sample_data
def sample_data(n_samples, m, S, p, random_seed=0):
    gen = np.random.default_rng(seed=random_seed)
    labels = gen.choice(len(p), size=n_samples, p=p)
    n_dims = np.shape(m)[1]
    eps = gen.normal(size=(n_samples, n_dims))
    x = np.empty_like(eps)
    for k in range(len(p)):
        idx = labels == k
        x[idx] = m[k] + eps[idx] @ S[k]
    return labels, x
