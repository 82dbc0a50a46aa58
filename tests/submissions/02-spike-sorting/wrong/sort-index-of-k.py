# breaks: sort_spikes
# why: returns the index of the best K
# feedback: index
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    models = {}
    for seed in range(n_seeds):
        for j, k in enumerate(K):
            models[seed, j] = GaussianMixture(k, random_state=seed).fit(features)
            bic[seed, j] = models[seed, j].bic(features)
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return models[seed, j].predict(features), j, bic
