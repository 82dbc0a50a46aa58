# breaks: select_n_clusters
# why: compares the mean over the starts, so one bad start can cost a K the choice
# feedback: mean over the seeds
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for s in range(n_seeds):
        for j, k in enumerate(K):
            _, m, S, p = fit_mog(x, k, n_iters=100, random_seed=s)
            bic[s, j], _ = mog_bic(x, m, S, p)
    return K[bic.mean(axis=0).argmin()], bic
