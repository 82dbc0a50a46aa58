# breaks: sort_spikes
# why: counts the parameters of two dimensions, as in lab 01
# feedback: two dimensions
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    N = len(features)
    bic = np.zeros((n_seeds, len(K)))
    models = {}
    for seed in range(n_seeds):
        for j, k in enumerate(K):
            gm = GaussianMixture(k, random_state=seed).fit(features)
            bic[seed, j] = -2 * N * gm.score(features) + (6 * k - 1) * np.log(N)
            models[seed, j] = gm
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return models[seed, j].predict(features), K[j], bic
