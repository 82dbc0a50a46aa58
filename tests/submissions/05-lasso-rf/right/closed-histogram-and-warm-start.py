# style: the last bin closed, the path warm-started from the largest alpha
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    return np.histogram(np.asarray(spiketimes, dtype=float), np.asarray(triggers))[0].astype(float)

# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha, start=None):
    n = len(counts) - lag
    s, c = stim[:, :n], counts[lag:]
    w, b, h = np.zeros(len(s)), np.log(c.mean()), 1.0

    def loss(w):
        b = np.log(c.mean()) - np.log(np.mean(np.exp(w @ s)))
        return np.mean(np.exp(w @ s + b) - c * (w @ s + b)), b

    if start is not None:
        w, b = start, loss(start)[1]
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
    order = np.argsort(alphas)[::-1]
    W = np.zeros((len(stim), len(lags), len(alphas)))
    D = np.zeros(len(alphas))
    for i, lag in enumerate(lags):
        c = np.asarray(counts)[lag:]
        s = stim[:, : len(c)]
        w = None
        for j in order:
            w = W[:, i, j] = fit_lasso_rf(s, c, 0, alphas[j], w)
        blocks = np.arange(len(c)) * 6 // len(c)
        for k in range(6):
            train, w = blocks != k, None
            for j in order:
                w = fit_lasso_rf(s[:, train], c[train], 0, alphas[j], w)
                r = np.exp(w @ s)
                r = r * c[train].sum() / r[train].sum()
                D[j] += np.sum((r - c * np.log(r))[~train])
    return W, float(np.asarray(alphas)[D == D.min()].max())
