# breaks: fit_lasso_rf
# carries: lasso_path
# why: the step is compared with the loss at w, not at z
# feedback: no step is short enough
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
        f, g = loss(w), X @ (np.exp(z @ X) - c) / n
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
