# breaks: fit_rf
# why: returns the spike-triggered average
# feedback: spike-triggered average
# %% fit_rf
def fit_rf(stim, counts, lags, dt, R):
    n = len(counts)
    return np.stack([stim[:, : n - L] @ counts[L:] / counts[L:].sum() for L in lags], axis=1)
