# breaks: select_n_clusters
# why: the seeds are 1 … n_seeds
# feedback: start at 0
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for s in range(n_seeds):
        for j, k in enumerate(K):
            _, m, S, p = fit_mog(x, k, n_iters=100, random_seed=s + 1)
            bic[s, j], _ = mog_bic(x, m, S, p)
    return K[bic.min(axis=0).argmin()], bic
