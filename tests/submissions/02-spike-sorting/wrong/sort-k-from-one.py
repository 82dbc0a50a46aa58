# breaks: sort_spikes
# why: takes argmin + 1 for K, as if K were 1, 2, 3 …
# feedback: best_K
# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    bic = np.array([[GaussianMixture(k, random_state=s).fit(features).bic(features) for k in K] for s in range(n_seeds)])
    best_K = int(np.argmin(bic.min(axis=0))) + 1
    labels = GaussianMixture(best_K, random_state=0).fit_predict(features)
    return labels, best_K, bic
