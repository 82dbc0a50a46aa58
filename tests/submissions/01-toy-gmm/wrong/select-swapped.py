# breaks: select_n_clusters
# why: returns (bic, best_K) instead of (best_K, bic)
# feedback: order
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    def run(k, s):
        _, m, S, p = fit_mog(x, k, n_iters=100, random_seed=s)
        return mog_bic(x, m, S, p)[0]

    bic = np.array([[run(k, s) for k in K] for s in range(n_seeds)])
    return bic, K[bic.min(axis=0).argmin()]
