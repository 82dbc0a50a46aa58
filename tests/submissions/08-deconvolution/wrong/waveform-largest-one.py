# breaks: update_waveform
# carries: fit_seminmf
# why: the largest element is 1
# feedback: largest element
# %% update_waveform
def update_waveform(R, a):
    w = R @ a
    return w / np.abs(w).max()
