# breaks: fit_lasso_rf
# carries: lasso_path
# why: a formula that holds for pixels that do not disturb each other
# feedback: can be reached
# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    s, c = stim[:, :n], counts[lag:]
    g = s @ (c - c.mean()) / n
    g = np.sign(g) * np.maximum(np.abs(g) - alpha, 0)
    return 2 * np.arctanh(np.clip(2 * g / c.mean(), -0.99, 0.99))
