# breaks: fit_mot
# why: hands the work to a mixture of Gaussians
# feedback: u is missing in m and S
# %% fit_mot
def fit_mot(x, n_clusters, nu=4.0, n_iters=20, random_seed=0):
    model = GaussianMixture(n_clusters, max_iter=n_iters, random_state=random_seed).fit(x)
    return model.predict(x), model.means_, model.covariances_, model.weights_
