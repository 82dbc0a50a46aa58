# style: np.histogram, Newton's method with step halving, SVD, proximal gradient, one standard error
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    counts, _ = np.histogram(spiketimes, bins=triggers)
    return counts

# %% fit_rf
def fit_rf(stim, counts, lags, dt, R):
    W = np.zeros((len(stim), len(lags)))
    for i, lag in enumerate(lags):
        s, c = stim[:, : len(counts) - lag], counts[lag:]
        w = np.zeros(len(s))

        def loss(w):
            return np.sum(np.exp(w @ s) * dt * R - c * (w @ s))

        for _ in range(50):
            r = np.exp(w @ s) * dt * R
            step = np.linalg.solve((s * r) @ s.T, s @ (c - r))
            while loss(w + step) > loss(w) + 1e-9:
                step /= 2
            w = w + step
        W[:, i] = w
    return W

# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean(axis=1, keepdims=True)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 0], S[0], Vt[0]
    if u[np.argmax(np.abs(u))] < 0:
        u, v = -u, -v
    return u, s, v

# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = stim[:, :n], counts[lag:]
    w, b, h = np.zeros(len(s)), np.log(c.mean()), 1.0

    def loss(w):
        b = np.log(c.mean()) - np.log(np.mean(np.exp(w @ s)))
        return np.mean(np.exp(w @ s + b) - c * (w @ s + b)), b

    for _ in range(3000):
        g = s @ (np.exp(w @ s + b) - c) / n
        while True:
            x = w - h * g
            new = np.sign(x) * np.maximum(np.abs(x) - h * alpha, 0)
            d = new - w
            if loss(new)[0] <= loss(w)[0] + g @ d + d @ d / (2 * h) + 1e-12:
                break
            h = h / 2
        w, b = new, loss(new)[1]
        if np.abs(d).max() < 1e-6 * h:
            break
    return w

# %% lasso_path
def lasso_path(stim, counts, lags, alphas):
    W = np.zeros((len(stim), len(lags), len(alphas)))
    score = np.zeros((5, len(alphas)))
    zero = np.zeros((5, 1))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], np.asarray(counts[lag:])
        for j, alpha in enumerate(alphas):
            W[:, i, j] = fit_lasso_rf(stim, counts, lag, alpha)
            for k, test in enumerate(np.array_split(np.arange(n), 5)):
                train = np.delete(np.arange(n), test)
                w = fit_lasso_rf(s[:, train], c[train], 0, alpha)
                b = np.log(c[train].sum() / np.exp(w @ s[:, train]).sum())
                eta = w @ s[:, test] + b
                score[k, j] += 2 * np.mean(np.exp(eta) - c[test] * eta)
                mu = c[train].mean()
                zero[k] += 2 * np.mean(mu - c[test] * np.log(mu)) / len(alphas)
    gain = zero - score
    mean, error = gain.mean(axis=0), gain.std(axis=0, ddof=1) / np.sqrt(5)
    best = mean.argmax()
    return W, max(a for a, m in zip(alphas, mean) if m >= mean[best] - error[best])

# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        t = spiketimes - lag
        k = np.searchsorted(triggers, t, side="right") - 1
        k = k[(k >= 0) & (k < stim.shape[1])]
        A[:, j] = stim[:, k].mean(axis=1)
    return A
