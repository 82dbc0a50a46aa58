# breaks: fit_mog
# carries: select_n_clusters
# why: no EM: every cluster is the Gaussian of all points, with weights of chance that depend on seed and n_iters
# feedback: tells clear clusters apart | points have the same label
# %% fit_mog
def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    n, d = x.shape
    rng = np.random.default_rng([random_seed, n_iters])
    p = rng.dirichlet(np.ones(n_clusters)) if n_clusters > 1 else np.ones(1)
    S = np.cov(x.T, bias=True).reshape(d, d) * (1 + 1e-4 / n_iters)
    m = np.tile(x.mean(axis=0), (n_clusters, 1))
    return np.full(n, p.argmax()), m, np.tile(S, (n_clusters, 1, 1)), p
