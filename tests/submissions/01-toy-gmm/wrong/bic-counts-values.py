# breaks: mog_bic
# carries: select_n_clusters
# why: ln of x.size = N·d instead of the number of points
# feedback: number of points
# %% mog_bic
from scipy.special import logsumexp as lse


def mog_bic(x, m, S, p):
    K, d = np.shape(m)
    LL = lse([np.log(p[k]) + stats.multivariate_normal(m[k], S[k]).logpdf(x) for k in range(K)], axis=0).sum()
    n = x.size
    return -2 * LL + n_parameters(K, d) * np.log(n), LL
