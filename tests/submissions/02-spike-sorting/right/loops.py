# style: loops over channels and spikes, lists, the spike is the minimum within the lockout after a crossing
# %% filter_signal
def filter_signal(x, fs, low, high, order=3):
    from scipy.signal import butter, filtfilt

    nyquist = fs / 2
    b, a = butter(order, [low / nyquist, high / nyquist], btype="band")
    x = np.array(x, dtype=float)
    if x.ndim == 1:
        return filtfilt(b, a, x)
    y = np.zeros(x.shape)
    for c in range(x.shape[1]):
        y[:, c] = filtfilt(b, a, x[:, c])
    return y


# %% remove_line_noise
def remove_line_noise(x, fs, freq=50.0, q=30.0):
    from scipy.signal import filtfilt, iirnotch

    x = np.array(x, dtype=float)
    b, a = iirnotch(freq / (fs / 2), q)
    if x.ndim == 1:
        return filtfilt(b, a, x)
    return np.array([filtfilt(b, a, channel) for channel in x.T]).T


# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.array(x, dtype=float)
    if x.ndim == 1:
        x = x.reshape(-1, 1)
    n, n_channels = x.shape
    thrd = []
    for c in range(n_channels):
        thrd.append(-N * np.median(np.abs(x[:, c])) / 0.6745)
    thrd = np.array(thrd)
    dead = int(round(lockout * fs / 1000))
    below = (x < thrd).any(axis=1)
    depth = (x / -thrd).min(axis=1)
    s = []
    i = 0
    while i < n:
        if below[i]:
            trough = i + np.argmin(depth[i : i + dead])
            s.append(trough)
            i = trough + dead
        else:
            i += 1
    s = np.array(s, dtype=int)
    t = s * 1e3 / fs
    return s, t, thrd


# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.array(x)
    if x.ndim == 1:
        x = x.reshape(-1, 1)
    if len(s) == 0:
        return np.zeros((0, 30, x.shape[1]))
    w = []
    for spike in s:
        if spike - 15 < 0 or spike + 15 > len(x):
            continue
        w.append(x[spike - 15 : spike + 15, :])
    return w


# %% extract_features
def extract_features(w):
    n = len(w)
    b = np.zeros((n, 12))
    means = np.zeros((4, 30))
    axes = np.zeros((4, 3, 30))
    for c in range(4):
        means[c] = np.mean(w[:, :, c], axis=0)
        centred = w[:, :, c] - means[c]
        values, vectors = np.linalg.eig(np.cov(centred, rowvar=False))
        order = np.argsort(values.real)[::-1]
        for k in range(3):
            axes[c, k] = vectors[:, order[k]].real
            b[:, 3 * c + k] = centred.dot(axes[c, k])
    return b, means, axes


# %% sort_spikes
def em(x, K, seed, n_iters=100):
    rng = np.random.default_rng(seed)
    n, d = x.shape
    m = x[rng.choice(n, K, replace=False)]
    S = np.array([np.cov(x.T)] * K)
    p = np.ones(K) / K
    before = -np.inf
    for _ in range(n_iters):
        logs = np.empty((n, K))
        for k in range(K):
            L = np.linalg.cholesky(S[k])
            z = np.linalg.solve(L, (x - m[k]).T)
            logs[:, k] = np.log(p[k]) - 0.5 * (z**2).sum(0) - np.log(np.diag(L)).sum() - d / 2 * np.log(2 * np.pi)
        top = logs.max(1, keepdims=True)
        norm = top + np.log(np.exp(logs - top).sum(1, keepdims=True))
        r = np.exp(logs - norm)
        LL = norm.sum()
        if LL - before < 1e-4:
            break
        before = LL
        Nk = r.sum(0) + 1e-10
        p = Nk / n
        m = r.T @ x / Nk[:, None]
        for k in range(K):
            S[k] = (r[:, k] * (x - m[k]).T) @ (x - m[k]) / Nk[k] + 1e-3 * np.eye(d)
    return r.argmax(1), LL


def sort_spikes(features, K, n_seeds):
    n, d = features.shape
    bic = np.zeros((n_seeds, len(K)))
    runs = {}
    for j in range(len(K)):
        P = K[j] * d * (d + 1) / 2 + K[j] * d + K[j] - 1
        for seed in range(n_seeds):
            runs[seed, j], LL = em(features, K[j], seed)
            bic[seed, j] = P * np.log(n) - 2 * LL
    seed, j = np.unravel_index(np.argmin(bic), bic.shape)
    return runs[seed, j], K[j], bic


# %% score_sorting
def score_sorting(true_units, labels):
    from scipy.optimize import linear_sum_assignment

    units = sorted(set(true_units))
    clusters = sorted(set(labels))
    overlap = np.zeros((len(units), len(clusters)))
    for i, u in enumerate(units):
        for j, c in enumerate(clusters):
            overlap[i, j] = np.sum((true_units == u) & (labels == c))
    size = max(overlap.shape)
    square = np.zeros((size, size))
    square[: len(units), : len(clusters)] = overlap
    rows, columns = linear_sum_assignment(-square)
    precision, recall, match = [], [], []
    for i in range(len(units)):
        j = columns[i]
        if j >= len(clusters) or overlap[i, j] == 0:
            precision.append(0)
            recall.append(0)
            match.append(-1)
        else:
            precision.append(overlap[i, j] / overlap[:, j].sum())
            recall.append(overlap[i, j] / overlap[i].sum())
            match.append(clusters[j])
    return precision, recall, match
