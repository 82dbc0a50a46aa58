# breaks: update_amplitudes
# carries: fit_seminmf
# why: the size in place of the positive part
# feedback: size
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.abs(R.T @ w - lam * sigma**2)
