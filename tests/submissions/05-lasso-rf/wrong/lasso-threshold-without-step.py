# breaks: fit_lasso_rf
# carries: lasso_path
# why: the threshold is α, not step times α
# feedback: All weights are 0
# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = stim[:, :n], counts[lag:]
    w, b, h = np.zeros(len(s)), np.log(c.mean()), 0.05

    def loss(w):
        b = np.log(c.mean()) - np.log(np.mean(np.exp(w @ s)))
        return np.mean(np.exp(w @ s + b) - c * (w @ s + b)), b

    for _ in range(3000):
        g = s @ (np.exp(w @ s + b) - c) / n
        while True:
            x = w - h * g
            new = np.sign(x) * np.maximum(np.abs(x) - alpha, 0)
            d = new - w
            break
        w, b = new, loss(new)[1]
        if np.abs(d).max() < 1e-6 * h:
            break
    return w
