# breaks: select_n_clusters
# why: sorts K first, so the columns no longer belong to the K that was passed
# feedback: column | order
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    K = sorted(K)
    bic = np.zeros((n_seeds, len(K)))
    for s in range(n_seeds):
        for j, k in enumerate(K):
            _, m, S, p = fit_mog(x, k, n_iters=120, random_seed=s)
            bic[s, j] = mog_bic(x, m, S, p)[0]
    return K[bic.min(0).argmin()], bic
