# breaks: update_amplitudes
# carries: fit_seminmf
# why: half the threshold
# feedback: λσ²/2
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.maximum(0, R.T @ w - lam * sigma**2 / 2)
