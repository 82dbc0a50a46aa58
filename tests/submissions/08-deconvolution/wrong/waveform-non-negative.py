# breaks: update_waveform
# carries: fit_seminmf
# why: as in a non-negative factorisation
# feedback: only amplitudes cannot be negative
# %% update_waveform
def update_waveform(R, a):
    w = np.maximum(0, R @ a)
    return w / np.linalg.norm(w)
