# breaks: select_n_clusters
# why: one row per K and one column per seed
# feedback: (n_seeds, len(K)) | transposed
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    bic = []
    for k in K:
        row = []
        for seed in range(n_seeds):
            labels, m, S, p = fit_mog(x, k, 100, seed)
            b, LL = mog_bic(x, m, S, p)
            row.append(b)
        bic.append(row)
    bic = np.array(bic)
    return K[np.argmin(bic.min(axis=1))], bic
