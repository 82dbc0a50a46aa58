# breaks: update_amplitudes
# carries: fit_seminmf
# why: not cut at 0
# feedback: were not set to 0
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return R.T @ w - lam * sigma**2
