# breaks: sort_spikes
# why: k-means with a BIC of its own in place of the mixture
# feedback: K = 1
# %% sort_spikes
from sklearn.cluster import KMeans


def sort_spikes(features, K, n_seeds):
    N, d = features.shape
    bic = np.zeros((n_seeds, len(K)))
    models = {}
    for seed in range(n_seeds):
        for j, k in enumerate(K):
            models[seed, j] = KMeans(k, random_state=seed, n_init=1).fit(features)
            variance = models[seed, j].inertia_ / N / d
            bic[seed, j] = N * d * np.log(variance) + k * d * np.log(N)
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return models[seed, j].labels_, K[j], bic
