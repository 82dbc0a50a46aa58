# breaks: mog_bic
# carries: select_n_clusters
# why: −LL instead of −2·LL in the BIC
# feedback: 2·LL
# %% mog_bic
def mog_bic(x, m, S, p):
    logs = np.stack([np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(len(p))])
    LL = np.logaddexp.reduce(logs, axis=0).sum()
    BIC = np.log(x.shape[0]) * n_parameters(len(p), x.shape[1]) - LL
    return BIC, LL
