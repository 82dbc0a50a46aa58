# style: frames without a past are blank everywhere
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    spiketimes = np.asarray(spiketimes)
    return [int(np.sum((spiketimes >= a) & (spiketimes < b))) for a, b in zip(triggers[:-1], triggers[1:])]

# %% fit_rf
from scipy.optimize import minimize


def fit_rf(stim, counts, lags, dt, R):
    W = np.zeros((len(stim), len(lags)))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = np.roll(stim, lag, axis=1), counts
        s[:, :lag] = 0

        def loss(w):
            r = np.exp(w @ s) * dt * R
            return np.sum(r - c * np.log(r)), s @ (r - c)

        W[:, i] = minimize(loss, np.zeros(len(s)), jac=True, method="BFGS").x
    return W

# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = np.hstack([np.zeros((len(stim), lag)), stim[:, :n]]), counts
    n = len(counts)
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
    score = np.zeros(len(alphas))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], np.asarray(counts[lag:])
        for j, alpha in enumerate(alphas):
            W[:, i, j] = fit_lasso_rf(stim, counts, lag, alpha)
            for test in np.array_split(np.arange(n), 5):
                train = np.delete(np.arange(n), test)
                w = fit_lasso_rf(s[:, train], c[train], 0, alpha)
                b = np.log(c[train].sum() / np.exp(w @ s[:, train]).sum())
                eta = w @ s[:, test] + b
                score[j] += np.mean(np.exp(eta) - c[test] * eta)
    return W, alphas[np.argmin(score)]
