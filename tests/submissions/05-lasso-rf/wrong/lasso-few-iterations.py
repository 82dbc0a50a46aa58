# breaks: fit_lasso_rf
# carries: lasso_path
# why: stops after eight iterations
# feedback: iterations
# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = stim[:, :n], counts[lag:]
    w, b, h = np.zeros(len(s)), np.log(c.mean()), 1.0

    def loss(w):
        b = np.log(c.mean()) - np.log(np.mean(np.exp(w @ s)))
        return np.mean(np.exp(w @ s + b) - c * (w @ s + b)), b

    for _ in range(8):
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
