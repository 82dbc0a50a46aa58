# breaks: fit_lasso_rf
# carries: lasso_path
# why: a soft threshold of the spike-triggered average
# feedback: 
# %% fit_lasso_rf
def fit_lasso_rf(stim, counts, lag, alpha):
    n = len(counts) - lag
    g = stim[:, :n] @ (counts[lag:] - counts[lag:].mean()) / n
    return 4 * np.sign(g) * np.maximum(np.abs(g) - alpha, 0) / counts[lag:].mean()
