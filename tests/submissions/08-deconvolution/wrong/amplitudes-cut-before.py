# breaks: update_amplitudes
# carries: fit_seminmf
# why: cut at 0 before the prior is subtracted
# feedback: after negative ones were set to 0
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.maximum(0, R.T @ w) - lam * sigma**2
