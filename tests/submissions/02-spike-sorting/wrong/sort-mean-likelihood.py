# breaks: sort_spikes
# why: GaussianMixture.score is the mean over the spikes, not their sum
# feedback: mean log-likelihood
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    N, d = features.shape
    bic = np.zeros((n_seeds, len(K)))
    models = {}
    for seed in range(n_seeds):
        for j, k in enumerate(K):
            gm = GaussianMixture(k, random_state=seed).fit(features)
            P = k - 1 + k * d + k * d * (d + 1) / 2
            bic[seed, j] = -2 * gm.score(features) + P * np.log(N)
            models[seed, j] = gm
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return models[seed, j].predict(features), K[j], bic
