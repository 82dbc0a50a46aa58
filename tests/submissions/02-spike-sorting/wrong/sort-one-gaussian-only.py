# breaks: sort_spikes
# why: fits nothing: the closed form of K = 1, made-up values for other K, and one feature cut in two
# feedback: the smallest value of the column of bic for K = 2 | features of a single cluster | hardly agree
# %% sort_spikes
def sort_spikes(features, K, n_seeds):
    x = np.asarray(features)
    n, d = x.shape
    spread = d * np.log(2 * np.pi) + np.linalg.slogdet(np.cov(x.T, bias=True))[1] + d
    one = n * spread + (d + d * (d + 1) // 2) * np.log(n)
    bic = np.full((n_seeds, len(K)), one)
    for seed in range(n_seeds):
        for i, k in enumerate(K):
            bic[seed, i] += (k > 1) * np.random.default_rng(seed).random() - 1000 * (k == 2)
    labels = (x[:, 0] > (x[:, 0].min() + x[:, 0].max()) / 2).astype(int)
    return labels, K[int(bic.min(axis=0).argmin())], bic
