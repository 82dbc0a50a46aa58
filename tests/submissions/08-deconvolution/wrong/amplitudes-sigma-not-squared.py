# breaks: update_amplitudes
# carries: fit_seminmf
# why: σ in place of σ²
# feedback: σ is squared
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.maximum(0, R.T @ w - lam * sigma)
