# style: scipy's median absolute deviation about the median, the union of channels by boolean masks, one threshold in units of σ
# %% detect_spikes
from scipy import stats


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    x = x.reshape(len(x), -1)
    sigma = stats.median_abs_deviation(x, axis=0, scale="normal")
    z = (x / sigma).min(axis=1)
    below = np.concatenate([[False], z < -N, [False]])
    starts = np.flatnonzero(below[1:] & ~below[:-1])
    stops = np.flatnonzero(below[:-1] & ~below[1:])
    s = np.array([a + z[a:b].argmin() for a, b in zip(starts, stops)], dtype=int)
    dead = lockout * fs / 1000
    while len(s) > 1 and np.diff(s).min() < dead:
        i = np.flatnonzero(np.diff(s) < dead)
        # of the closest pairs the smaller spike goes, the smallest of all first
        loser = np.where(z[s[i]] > z[s[i + 1]], i, i + 1)
        s = np.delete(s, loser[z[s[loser]].argmax()])
    return s, s * 1000 / fs, -N * sigma


# %% sort_spikes
from scipy.special import logsumexp
from scipy import stats


def fit_mog(x, n_clusters, n_iters=10, random_seed=0):
    rng = np.random.default_rng(random_seed)
    n, d = x.shape
    i = [rng.integers(n)]
    while len(i) < n_clusters:
        d2 = np.min([((x - x[j]) ** 2).sum(1) for j in i], axis=0)
        i.append(rng.choice(n, p=d2 / d2.sum()))
    m, S, p = x[i], [np.cov(x.T)] * n_clusters, np.ones(n_clusters) / n_clusters
    old = -np.inf
    for _ in range(n_iters):
        logs = np.stack([np.log(p[k]) + stats.multivariate_normal(m[k], S[k]).logpdf(x) for k in range(n_clusters)], 1)
        LL = logsumexp(logs, axis=1)
        if LL.sum() < old + 1e-3:
            break
        old = LL.sum()
        r = np.exp(logs - LL[:, None])
        S = []
        Nk = r.sum(0) + 1e-10
        m = (r.T @ x) / Nk[:, None]
        p = Nk / Nk.sum()
        for k in range(n_clusters):
            y = x - m[k]
            S.append((r[:, k] * y.T) @ y / Nk[k] + 1e-4 * np.eye(d))
    return logs.argmax(1), LL.sum()


def sort_spikes(features, K, n_seeds):
    x = np.asarray(features)
    N, d = x.shape
    bic = np.full((n_seeds, len(K)), np.nan)
    labels = [[None] * len(K) for _ in range(n_seeds)]
    for seed in range(n_seeds):
        for j, k in enumerate(K):
            labels[seed][j], LL = fit_mog(x, int(k), n_iters=150, random_seed=seed)
            bic[seed, j] = -2 * LL + (k - 1 + k * d + k * d * (d + 1) / 2) * np.log(N)
    s, j = np.argwhere(bic == bic.min())[0]
    return labels[s][j], K[j], bic


# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    x = x.reshape(len(x), -1)
    windows = np.lib.stride_tricks.sliding_window_view(x, 30, axis=0)  # (n − 29, channels, 30)
    starts = np.asarray(s) - 10
    starts = starts[(starts >= 0) & (starts < len(windows))]
    return np.swapaxes(windows[starts], 1, 2)
