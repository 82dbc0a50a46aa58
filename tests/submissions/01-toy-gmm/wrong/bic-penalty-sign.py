# breaks: mog_bic
# carries: select_n_clusters
# why: subtracts the penalty, so more parameters look better
# feedback: subtract
# %% mog_bic
def mog_bic(x, m, S, p):
    from scipy.special import logsumexp

    N, D = x.shape
    K = len(p)
    a = np.zeros((N, K))
    for k in range(K):
        a[:, k] = stats.multivariate_normal.logpdf(x, mean=m[k], cov=S[k]) + np.log(p[k])
    LL = logsumexp(a, axis=1).sum()
    return -2 * LL - n_parameters(K, D) * np.log(N), LL
