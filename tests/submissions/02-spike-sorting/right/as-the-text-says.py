# style: literally what the text of section 6 says: a sample, k-means++, merged pairs, inverse covariances, reg_covar=1; the spikes in the order of time, an upside-down PCA
# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x, dtype=float).reshape(len(x), -1)
    thrd = -N * np.median(np.abs(x), axis=0) / 0.6745
    depth = (x / thrd).max(axis=1)
    troughs = np.flatnonzero((depth[1:-1] > 1) & (depth[1:-1] > depth[:-2]) & (depth[1:-1] >= depth[2:])) + 1
    s = []
    for i in troughs:  # the first of those too near each other, not the deepest
        if not s or i - s[-1] >= lockout * fs / 1000:
            s.append(i)
    s = np.array(s, dtype=int)
    return s, 1000 * s / fs, thrd


# %% extract_features
def extract_features(w):
    columns = []
    for k in (1, 2, 3):  # by component, and the channels backwards
        for c in (3, 2, 1, 0):
            x = w[:, :, c] - w[:, :, c].mean(axis=0)
            columns.append(-x @ np.linalg.eigh(x.T @ x)[1][:, -k])
    return np.column_stack(columns)


# %% sort_spikes
from sklearn.mixture import GaussianMixture


def cost(p, S):
    return p * (np.linalg.slogdet(S)[1] - 2 * np.log(p))


def merge(p, m, S):
    best = None
    for i in range(len(p)):
        for j in range(i):
            q = p[i] + p[j]
            mean = (p[i] * m[i] + p[j] * m[j]) / q
            d = m[i] - m[j]
            C = (p[i] * S[i] + p[j] * S[j]) / q + p[i] * p[j] / q**2 * np.outer(d, d)
            loss = cost(q, C) - cost(p[i], S[i]) - cost(p[j], S[j])
            if best is None or loss < best[0]:
                best = loss, i, j, q, mean, C
    _, i, j, q, mean, C = best
    rest = [k for k in range(len(p)) if k not in (i, j)]
    return np.append(p[rest], q), np.vstack([m[rest], mean]), np.concatenate([S[rest], [C]])


def sort_spikes(features, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    best = np.inf
    for seed in range(n_seeds):
        rng = np.random.default_rng(seed)
        some = rng.choice(len(features), min(5000, len(features)), replace=False)
        gm = GaussianMixture(max(K), init_params="k-means++", reg_covar=1, tol=1e-3, random_state=seed)
        gm.fit(features[some])
        p, m, S = gm.weights_, gm.means_, gm.covariances_
        for k in range(max(K), min(K) - 1, -1):
            if k < len(p):
                p, m, S = merge(p, m, S)
            gm = GaussianMixture(
                k, reg_covar=1, max_iter=5, weights_init=p, means_init=m, precisions_init=np.linalg.inv(S)
            ).fit(features)
            p, m, S = gm.weights_, gm.means_, gm.covariances_
            if k in K:
                bic[seed, list(K).index(k)] = gm.bic(features)
                if gm.bic(features) < best:
                    best, best_K, labels = gm.bic(features), k, gm.predict(features)
    return labels, best_K, bic
