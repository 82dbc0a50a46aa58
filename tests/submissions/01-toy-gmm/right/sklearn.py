# style: scikit-learn does the work
# %% fit_mog
import warnings

from sklearn.mixture import GaussianMixture


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    gm = GaussianMixture(
        n_clusters, tol=0, reg_covar=1e-6, max_iter=n_iters, random_state=random_seed, init_params="random_from_data"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gm.fit(x)
    return gm.predict(x), gm.means_, gm.covariances_, gm.weights_


# %% select_n_clusters
from sklearn.mixture import GaussianMixture


def select_n_clusters(x, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for seed in range(n_seeds):
        for i, k in enumerate(K):
            gm = GaussianMixture(int(k), tol=1e-6, max_iter=1000, random_state=seed, init_params="random_from_data").fit(x)
            bic[seed, i] = gm.bic(x)
    return K[bic.min(axis=0).argmin()], bic
