# breaks: select_n_clusters
# why: unpacks mog_bic the wrong way round and fills the table with log-likelihoods
# feedback: log-likelihood
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for s in range(n_seeds):
        for j, k in enumerate(K):
            labels, m, S, p = fit_mog(x, k, n_iters=100, random_seed=s)
            LL, bic[s, j] = mog_bic(x, m, S, p)
    return K[np.argmin(bic.min(axis=0))], bic
