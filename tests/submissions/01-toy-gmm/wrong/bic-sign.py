# breaks: mog_bic
# carries: select_n_clusters
# why: the BIC with all signs turned round, to be maximised
# feedback: all signs
# %% mog_bic
def mog_bic(x, m, S, p):
    logs = np.array([np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(len(p))])
    LL = np.logaddexp.reduce(logs, axis=0).sum()
    return 2 * LL - n_parameters(len(p), x.shape[1]) * np.log(len(x)), LL
