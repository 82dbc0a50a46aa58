# breaks: update_amplitudes
# carries: fit_seminmf
# why: large ones are not shrunk
# feedback: subtract it
# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    x = R.T @ w
    return np.where(x > lam * sigma**2, x, 0)
