# breaks: update_amplitudes
# carries: fit_seminmf
# why: the sign of the prior is wrong
# feedback: prior makes amplitudes smaller
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.maximum(0, R.T @ w + lam * sigma**2)
