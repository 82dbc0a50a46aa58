# breaks: sort_spikes
# why: bic has a row for each K
# feedback: transposed
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    models = [[GaussianMixture(k, random_state=seed).fit(features) for seed in range(n_seeds)] for k in K]
    bic = np.array([[m.bic(features) for m in row] for row in models])
    j, seed = np.unravel_index(bic.argmin(), bic.shape)
    return models[j][seed].predict(features), K[j], bic
