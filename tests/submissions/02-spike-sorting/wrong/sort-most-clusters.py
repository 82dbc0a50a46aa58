# breaks: sort_spikes
# why: chooses the K with the largest likelihood, which is always the largest
# feedback: smallest
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    models = [[GaussianMixture(k, random_state=seed).fit(features) for k in K] for seed in range(n_seeds)]
    bic = np.array([[m.bic(features) for m in row] for row in models])
    LL = np.array([[m.score(features) for m in row] for row in models])
    seed, j = np.unravel_index(LL.argmax(), LL.shape)
    return models[seed][j].predict(features), K[j], bic
