# breaks: mog_bic
# carries: select_n_clusters
# why: the Gaussian lacks its (2π)^(−d/2)
# feedback: 2π
# %% mog_bic
def mog_bic(x, m, S, p):
    N, D = x.shape
    K = len(p)
    logp = np.empty((K, N))
    for k in range(K):
        dx = x - m[k]
        maha = np.sum(dx @ np.linalg.inv(S[k]) * dx, axis=1)
        logp[k] = np.log(p[k]) - 0.5 * maha - 0.5 * np.linalg.slogdet(S[k])[1]
    top = logp.max(0)
    LL = float(np.sum(top + np.log(np.sum(np.exp(logp - top), 0))))
    bic = -2 * LL + n_parameters(K, D) * np.log(N)
    return bic, LL
