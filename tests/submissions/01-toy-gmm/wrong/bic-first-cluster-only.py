# breaks: mog_bic
# carries: select_n_clusters
# why: the log-likelihood of the first Gaussian alone, with the P of two clusters in the plane
# feedback: LL of the clusters in the other order | distance of 1000 | bic for K = 3
# %% mog_bic
def mog_bic(x, m, S, p):
    LL = stats.multivariate_normal.logpdf(x, m[0], S[0], allow_singular=True).sum()
    return -2 * LL + 11 * np.log(len(x)), LL
