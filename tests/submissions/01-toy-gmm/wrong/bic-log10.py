# breaks: mog_bic
# carries: select_n_clusters
# why: base-10 logarithm in the penalty
# feedback: natural logarithm
# %% mog_bic
def mog_bic(x, m, S, p):
    LL = 0
    for n in range(len(x)):
        logs = [np.log(p[k]) + stats.multivariate_normal.logpdf(x[n], m[k], S[k]) for k in range(len(p))]
        LL += np.logaddexp.reduce(logs)
    bic = -2 * LL + np.log10(len(x)) * n_parameters(len(m), len(m[0]))
    return bic, LL
