# breaks: update_amplitudes
# carries: fit_seminmf
# why: λ alone
# feedback: without σ²
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.maximum(0, R.T @ w - lam)
