# breaks: sort_spikes
# why: rescales the features to unit variance first, which moves every BIC by the same number
# feedback: K = 1
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    x = (features - features.mean(0)) / features.std(0)
    models = [[GaussianMixture(k, random_state=seed).fit(x) for k in K] for seed in range(n_seeds)]
    bic = np.array([[m.bic(x) for m in row] for row in models])
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return models[seed][j].predict(x), K[j], bic
