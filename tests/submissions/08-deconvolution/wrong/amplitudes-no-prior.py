# breaks: update_amplitudes
# carries: fit_seminmf
# why: the prior is forgotten
# feedback: λσ² was not subtracted
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.maximum(0, R.T @ w)
