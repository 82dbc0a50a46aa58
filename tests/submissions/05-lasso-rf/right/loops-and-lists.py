# style: loops, lists for all results, four blocks
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    counts = [0] * (len(triggers) - 1)
    for t in spiketimes:
        for k in range(len(triggers) - 1):
            if triggers[k] <= t < triggers[k + 1]:
                counts[k] += 1
                break
    return counts

# %% fit_rf
from scipy.optimize import minimize


def fit_rf(stim, counts, lags, dt, R):
    W = []
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], counts[lag:]

        def loss(w):
            r = np.exp(w @ s) * dt * R
            return np.sum(r - c * np.log(r)), s @ (r - c)

        W.append(minimize(loss, np.zeros(len(s)), jac=True, method="CG").x.tolist())
    return [list(row) for row in zip(*W)]

# %% separate_space_time
def separate_space_time(W):
    M = np.array([row - np.mean(row) for row in W])
    v = M[np.argmax(np.sum(M**2, axis=1))]
    for _ in range(2000):
        u = M @ v
        u = u / np.linalg.norm(u)
        v = M.T @ u
        s = np.linalg.norm(v)
        v = v / s
    k = max(range(len(u)), key=lambda i: abs(u[i]))
    if u[k] < 0:
        u, v = -u, -v
    return [list(u), float(s), list(v)]

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
    return list(w)

# %% lasso_path
def lasso_path(stim, counts, lags, alphas):
    W = [[fit_lasso_rf(stim, counts, lag, alpha) for alpha in alphas] for lag in lags]
    W = [[[W[i][j][p] for j in range(len(alphas))] for i in range(len(lags))] for p in range(len(stim))]
    best, best_alpha = np.inf, None
    for alpha in alphas:
        total = 0.0
        for lag in lags:
            c = counts[lag:]
            s = stim[:, : len(c)]
            edges = np.linspace(0, len(c), 5).astype(int)
            for start, end in zip(edges[:-1], edges[1:]):
                keep = np.ones(len(c), bool)
                keep[start:end] = False
                w = np.array(fit_lasso_rf(s[:, keep], c[keep], 0, alpha))
                b = np.log(c[keep].sum()) - np.log(np.exp(w @ s[:, keep]).sum())
                eta = w @ s[:, ~keep] + b
                total += np.sum(np.exp(eta) - c[~keep] * eta)
        if total < best:
            best, best_alpha = total, alpha
    return W, best_alpha

# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    columns = []
    for lag in lags_s:
        total, n = np.zeros(len(stim)), 0
        for t in spiketimes:
            for k in range(stim.shape[1]):
                if triggers[k] <= t - lag < triggers[k + 1]:
                    total += stim[:, k]
                    n += 1
                    break
        columns.append(total / n)
    return [list(row) for row in zip(*columns)]
