# breaks: select_n_clusters
# why: returns the position of the best K in the list, not the K
# feedback: element | index
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for s in range(n_seeds):
        for j, k in enumerate(K):
            _, m, S, p = fit_mog(x, k, n_iters=150, random_seed=s)
            bic[s, j], LL = mog_bic(x, m, S, p)
    best_K = bic.min(axis=0).argmin()
    return best_K, bic
