# breaks: update_amplitudes
# carries: fit_seminmf
# why: λ/σ²
# feedback: multiply
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.maximum(0, R.T @ w - lam / sigma**2)
