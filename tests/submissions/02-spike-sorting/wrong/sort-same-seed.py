# breaks: sort_spikes
# why: random_state=0 in every row
# feedback: another seed
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    models = [[GaussianMixture(k, random_state=0).fit(features) for k in K] for seed in range(n_seeds)]
    bic = np.array([[m.bic(features) for m in row] for row in models])
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return models[seed][j].predict(features), K[j], bic
