# breaks: sort_spikes
# why: counts the parameters of twelve features, however many there are
# feedback: K = 1
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    n = len(features)
    models = [[GaussianMixture(k, random_state=seed).fit(features) for k in K] for seed in range(n_seeds)]
    bic = np.array([[-2 * n * m.score(features) + (91 * m.n_components - 1) * np.log(n) for m in row] for row in models])
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return models[seed][j].predict(features), K[j], bic
