# breaks: mog_bic
# carries: select_n_clusters
# why: penalty 2·P, which is Akaike's criterion
# feedback: AIC
# %% mog_bic
from scipy.special import logsumexp


def mog_bic(x, m, S, p):
    logs = [np.log(w) + stats.multivariate_normal.logpdf(x, mu, C) for w, mu, C in zip(p, m, S)]
    LL = np.sum(logsumexp(logs, axis=0))
    return -2 * LL + 2 * n_parameters(len(p), x.shape[1]), LL
