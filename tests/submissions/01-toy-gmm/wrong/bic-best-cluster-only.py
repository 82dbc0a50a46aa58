# breaks: mog_bic
# carries: select_n_clusters
# why: takes each point's best cluster instead of summing over the clusters
# feedback: sum over clusters
# %% mog_bic
def mog_bic(x, m, S, p):
    joint = np.array([np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(len(p))]).T
    labels = joint.argmax(axis=1)
    LL = 0.0
    for i, l in enumerate(labels):
        LL += joint[i, l]
    bic = -2 * LL + n_parameters(len(p), x.shape[1]) * np.log(len(x))
    return bic, LL
