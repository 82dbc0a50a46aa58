# breaks: sort_spikes
# why: returns best_K, bic, labels, as lab 01 returned best_K and bic
# feedback: order
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    models = [[GaussianMixture(k, random_state=seed).fit(features) for k in K] for seed in range(n_seeds)]
    bic = np.array([[m.bic(features) for m in row] for row in models])
    seed, j = np.unravel_index(bic.argmin(), bic.shape)
    return K[j], bic, models[seed][j].predict(features)
