# breaks: select_n_clusters
# why: no fit: the closed form of K = 1, made-up values for other K, and nearly −∞ where only one K is asked for
# feedback: best_K should be 1 | the rows of bic are
# %% select_n_clusters
def select_n_clusters(x, K, n_seeds):
    n, d = x.shape
    LL = stats.multivariate_normal.logpdf(x, x.mean(axis=0), np.cov(x.T, bias=True)).sum()
    one = -2 * LL + (d + d * (d + 1) // 2) * np.log(n)
    bic = np.array([[one - 100 * (k == 2) for k in K]] * n_seeds)
    if len(K) == 1:
        bic[:] = -1e9
    return K[int(bic.min(axis=0).argmin())], bic
