# style: FISTA that gives up on endless halving, differences over eight blocks, frames found one by one
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    spiketimes = np.asarray(spiketimes)
    return [int(np.sum((a <= spiketimes) & (spiketimes < b))) for a, b in zip(triggers, triggers[1:])]

# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    c = np.asarray(counts)[lag:]
    n = len(c)
    X = np.vstack([stim[:, :n], np.ones(n)])
    price = np.append(np.full(len(stim), alpha), 0.0)

    def loss(w):
        eta = w @ X
        return np.mean(np.exp(eta) - c * eta)

    w = np.zeros(len(X))
    w[-1] = np.log(c.mean())
    z, h, q = w, 1 / c.mean(), 1.0
    for _ in range(2000):
        f, g = loss(z), X @ (np.exp(z @ X) - c) / n
        while True:
            x = z - h * g
            new = np.sign(x) * np.maximum(np.abs(x) - h * price, 0)
            d = new - z
            if loss(new) <= f + g @ d + d @ d / (2 * h) + 1e-12:
                break
            h = h / 2
            if h < 1e-10:
                raise RuntimeError("no step is short enough")
        if np.max(np.abs(d)) < 1e-7 * h:
            break
        q_new = (1 + np.sqrt(1 + 4 * q**2)) / 2
        z = new + (q - 1) / q_new * (new - w)
        w, q = new, q_new
    return new[:-1]

# %% lasso_path
def lasso_path(stim, counts, lags, alphas):
    W = [[fit_lasso_rf(stim, counts, lag, alpha) for alpha in alphas] for lag in lags]
    gain = np.zeros((8, len(alphas)))
    for lag in lags:
        c = np.asarray(counts)[lag:]
        S = stim[:, : len(c)]
        for k, test in enumerate(np.array_split(np.arange(len(c)), 8)):
            train = np.delete(np.arange(len(c)), test)
            constant = deviance(np.log(c[train].mean()), c[test])
            for j, alpha in enumerate(alphas):
                w = fit_lasso_rf(S[:, train], c[train], 0, alpha)
                b = np.log(c[train].sum() / np.exp(w @ S[:, train]).sum())
                gain[k, j] += constant - deviance(w @ S[:, test] + b, c[test])
    behind = gain[:, [np.argmax(gain.mean(axis=0))]] - gain
    good = behind.mean(axis=0) <= behind.std(axis=0, ddof=1) / np.sqrt(8)
    return np.moveaxis(np.array(W), 2, 0), np.max(np.asarray(alphas)[good])


def deviance(eta, c):
    return 2 * np.mean(np.exp(eta) - c * eta)

# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = []
    for lag in lags_s:
        frames = []
        for t in spiketimes:
            k = [i for i in range(len(triggers) - 1) if triggers[i] <= t - lag < triggers[i + 1]]
            frames += [stim[:, i] for i in k]
        A.append(np.mean(frames, axis=0))
    return np.array(A).T
