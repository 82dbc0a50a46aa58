# breaks: sort_spikes
# why: fits and scores a sample of 5000 spikes
# feedback: all n spikes of features
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    rng = np.random.default_rng(0)
    some = features[rng.choice(len(features), min(5000, len(features)), replace=False)]
    models = [[GaussianMixture(k, random_state=seed).fit(some) for k in K] for seed in range(n_seeds)]
    bic = np.array([[m.bic(some) for m in row] for row in models])
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return models[seed][j].predict(features), K[j], bic
