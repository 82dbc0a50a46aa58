# style: stops when the log-likelihood no longer changes, warns on stderr, keeps a history
# %% fit_mog
import sys
import warnings

from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0, tol=1e-8, history=None):
    rng = np.random.default_rng(random_seed)
    N, D = x.shape
    m = x[rng.integers(0, N, size=n_clusters)] + 1e-3 * rng.standard_normal((n_clusters, D)) * x.std(axis=0)
    S = np.tile(np.diag(x.var(axis=0) + 1e-6), (n_clusters, 1, 1))
    p = np.ones(n_clusters) / n_clusters
    old = -np.inf
    for i in range(n_iters):
        a = np.stack([stats.multivariate_normal(m[k], S[k]).logpdf(x) + np.log(p[k]) for k in range(n_clusters)], axis=1)
        lse = logsumexp(a, axis=1)
        LL = lse.mean()
        sys.stderr.write(f"\r{i + 1}/{n_iters}")
        if abs(LL - old) < tol:
            break
        old = LL
        gamma = np.exp(a - lse[:, None])
        Nk = gamma.sum(axis=0) + 1e-12
        p = Nk / Nk.sum()
        m = gamma.T @ x / Nk[:, None]
        S = np.stack([(gamma[:, k] * (x - m[k]).T) @ (x - m[k]) / Nk[k] + 1e-6 * np.eye(D) for k in range(n_clusters)])
    else:
        warnings.warn("EM did not converge")
    return gamma.argmax(axis=1), m, S, p


# %% mog_bic
from scipy.special import logsumexp


def mog_bic(x, m, S, p):
    """Bayesian information criterion and log-likelihood."""
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    a = np.stack([stats.multivariate_normal.logpdf(x, mk, Sk, allow_singular=True) for mk, Sk in zip(m, S)], axis=-1)
    LL = logsumexp(a + log_p, axis=-1).sum()
    k, d = np.shape(m)
    bic = n_parameters(k, d) * np.log(len(x)) - 2.0 * LL
    warnings.warn("this is only a warning")
    return np.array(bic), np.array([LL])
