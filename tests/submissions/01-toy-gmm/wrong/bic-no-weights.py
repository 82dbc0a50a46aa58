# breaks: mog_bic
# carries: select_n_clusters
# why: adds up the component densities without their mixing weights
# feedback: weights
# %% mog_bic
from scipy.special import logsumexp


def mog_bic(x, m, S, p):
    K = len(p)
    logN = np.array([stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in range(K)])
    LL = logsumexp(logN, axis=0).sum()
    bic = -2 * LL + n_parameters(K, x.shape[1]) * np.log(x.shape[0])
    return bic, LL
