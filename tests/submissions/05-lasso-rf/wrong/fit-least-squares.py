# breaks: fit_rf
# why: linear regression
# feedback: least squares
# %% fit_rf
def fit_rf(stim, counts, lags, dt, R):
    n = len(counts)
    return np.stack(
        [np.linalg.lstsq(stim[:, : n - L].T, counts[L:], rcond=None)[0] for L in lags], axis=1
    )
