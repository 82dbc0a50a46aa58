# breaks: select_n_clusters
# why: takes the largest BIC
# feedback: smallest
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    for i in range(n_seeds):
        for j in range(len(K)):
            labels, m, S, p = fit_mog(x, K[j], n_iters=100, random_seed=i)
            bic[i, j] = mog_bic(x, m, S, p)[0]
    best_K = K[np.argmax(bic.mean(axis=0))]
    return best_K, bic
