# breaks: update_waveform
# carries: fit_seminmf
# why: divided by the squared length
# feedback: take the root
# %% update_waveform
def update_waveform(R, a):
    w = R @ a
    return w / (w @ w)
