# breaks: mog_bic
# carries: select_n_clusters
# why: returns (LL, bic) instead of (bic, LL)
# feedback: order
# %% mog_bic
def mog_bic(x, m, S, p):
    like = np.array([np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(len(p))])
    mx = like.max(axis=0)
    LL = np.sum(mx + np.log(np.exp(like - mx).sum(axis=0)))
    P = n_parameters(len(p), x.shape[1])
    bic = -2 * LL + P * np.log(x.shape[0])
    return LL, bic
