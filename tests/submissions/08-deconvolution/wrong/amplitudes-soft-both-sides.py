# breaks: update_amplitudes
# carries: fit_seminmf
# why: the soft threshold of the lasso
# feedback: never negative
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    x = R.T @ w
    return np.sign(x) * np.maximum(np.abs(x) - lam * sigma**2, 0)
