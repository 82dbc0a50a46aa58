# breaks: select_n_clusters
# why: leaves n_iters at its default of 10, EM has not converged
# feedback: converge | n_iters
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for s in range(n_seeds):
        for i, k in enumerate(K):
            labels, m, S, p = fit_mog(x, k, random_seed=s)
            bic[s, i], LL = mog_bic(x, m, S, p)
    best = np.argmin(np.min(bic, axis=0))
    return K[best], bic
