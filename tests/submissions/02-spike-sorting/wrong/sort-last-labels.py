# breaks: sort_spikes
# why: labels of the last fit, not of the best
# feedback: last fit
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for seed in range(n_seeds):
        for j, k in enumerate(K):
            gm = GaussianMixture(k, random_state=seed)
            labels = gm.fit_predict(features)
            bic[seed, j] = gm.bic(features)
    return labels, K[bic.min(axis=0).argmin()], bic
