# breaks: select_n_clusters
# why: n_seeds is not used, the table has one row
# feedback: (n_seeds, len(K))
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = []
    for k in K:
        _, m, S, p = fit_mog(x, k, n_iters=100, random_seed=n_seeds)
        bic.append(mog_bic(x, m, S, p)[0])
    return K[int(np.argmin(bic))], np.array(bic)
