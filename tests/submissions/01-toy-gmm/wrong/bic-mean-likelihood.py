# breaks: mog_bic
# carries: select_n_clusters
# why: averages the log-likelihood over the points instead of summing it
# feedback: mean | sum
# %% mog_bic
from scipy.special import logsumexp


def mog_bic(x, m, S, p):
    log_prob = np.column_stack(
        [stats.multivariate_normal(mean, cov).logpdf(x) for mean, cov in zip(m, S)]
    )
    LL = np.mean(logsumexp(log_prob, b=p, axis=1))
    N, D = x.shape
    bic = -2 * LL + n_parameters(len(p), D) * np.log(N)
    return bic, LL
