# breaks: select_n_clusters
# why: tries 1…len(K) clusters whatever K holds
# feedback: column
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for seed in range(n_seeds):
        for k in range(1, len(K) + 1):
            _, m, S, p = fit_mog(x, k, n_iters=100, random_seed=seed)
            bic[seed, k - 1], _ = mog_bic(x, m, S, p)
    return bic.min(axis=0).argmin() + 1, bic
