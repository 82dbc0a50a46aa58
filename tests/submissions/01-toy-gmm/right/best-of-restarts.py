# style: a class, several restarts inside one call, the best is kept
# %% fit_mog
class Mixture:
    def __init__(self, x, K, rng):
        self.x, self.K = x, K
        self.N, self.D = x.shape
        self.m = x[rng.choice(self.N, K, replace=False)].astype(float)
        self.S = [np.cov(x.T).reshape(self.D, self.D) + 1e-6 * np.eye(self.D)] * K
        self.p = np.ones(K) / K

    def log_joint(self):
        return np.transpose(
            [np.log(self.p[k]) + stats.multivariate_normal.logpdf(self.x, self.m[k], self.S[k]) for k in range(self.K)]
        )

    def step(self):
        a = self.log_joint()
        self.LL = np.logaddexp.reduce(a, axis=1)
        r = np.exp(a - self.LL[:, None])
        Nk = r.sum(axis=0) + 1e-12
        self.p = Nk / Nk.sum()
        self.m = r.T @ self.x / Nk[:, None]
        self.S = []
        for k in range(self.K):
            c = self.x - self.m[k]
            self.S.append((c * r[:, k : k + 1]).T @ c / Nk[k] + 1e-6 * np.eye(self.D))


def fit_mog(x, n_clusters, n_iters=10, random_seed=0, n_restarts=3):
    rng = np.random.default_rng(random_seed)
    best = None
    for _ in range(n_restarts):
        mix = Mixture(x, n_clusters, rng)
        for _ in range(n_iters):
            mix.step()
        LL = np.logaddexp.reduce(mix.log_joint(), axis=1).sum()
        if best is None or LL > best[0]:
            best = (LL, mix)
    mix = best[1]
    return (mix.log_joint().argmax(axis=1), mix.m, mix.S, mix.p)
