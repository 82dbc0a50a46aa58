# breaks: select_n_clusters
# why: forgets to pass the seed, so every row is the same run
# feedback: seed
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.full((n_seeds, len(K)), np.inf)
    for s in range(n_seeds):
        for i, k in enumerate(K):
            _, m, S, p = fit_mog(x, k, n_iters=100)
            bic[s, i], _ = mog_bic(x, m, S, p)
    i_best = np.unravel_index(np.argmin(bic), bic.shape)[1]
    return K[i_best], bic
