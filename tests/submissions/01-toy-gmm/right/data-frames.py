# style: pandas where it fits, legacy seeding of the global generator
# %% sample_data
import pandas as pd


def sample_data(n_samples, m, S, p, random_seed=0):
    np.random.seed(random_seed)
    labels = np.random.choice(len(p), n_samples, p=p)
    x = np.array([np.random.multivariate_normal(m[l], S[l]) for l in labels])
    return labels, pd.DataFrame(x, columns=[f"dim {i}" for i in range(x.shape[1])])


# %% fit_mog
import pandas as pd
from scipy.special import logsumexp


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    np.random.seed(random_seed)
    df = pd.DataFrame(x)
    N, D = df.shape
    m = df.sample(n_clusters).to_numpy()
    S = {k: df.cov().to_numpy() + 1e-6 * np.eye(D) for k in range(n_clusters)}
    p = np.ones(n_clusters) / n_clusters
    for _ in range(n_iters):
        logs = pd.DataFrame({k: np.log(p[k]) + stats.multivariate_normal.logpdf(x, m[k], S[k]) for k in S}).to_numpy()
        r = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
        n_k = r.sum(axis=0) + 1e-12
        p = n_k / n_k.sum()
        m = r.T @ x / n_k[:, None]
        for k in S:
            xc = x - m[k]
            S[k] = xc.T @ (xc * r[:, [k]]) / n_k[k] + 1e-6 * np.eye(D)
    return r.argmax(axis=1), pd.DataFrame(m), [S[k] for k in range(n_clusters)], list(p)


# %% mog_bic
def mog_bic(x, m, S, p):
    joint = np.array([np.log(pk) + stats.multivariate_normal.logpdf(x, mk, Sk) for pk, mk, Sk in zip(p, np.array(m), S)])
    LL = np.logaddexp.reduce(joint).sum()
    n, d = np.shape(x)
    return n_parameters(len(p), d) * np.log(n) - 2 * LL, LL


# %% select_n_clusters
import pandas as pd


def select_n_clusters(x, K, n_seeds):
    table = pd.DataFrame(index=range(n_seeds), columns=list(K), dtype=float)
    for s in range(n_seeds):
        for k in K:
            labels, m, S, p = fit_mog(x, int(k), n_iters=100, random_seed=s)
            table.loc[s, k] = mog_bic(x, m, S, p)[0]
    return table.min().idxmin(), table
