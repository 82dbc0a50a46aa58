# breaks: update_waveform
# carries: fit_seminmf
# why: the elements sum to 1
# feedback: sum of its elements
# %% update_waveform
def update_waveform(R, a):
    w = R @ a
    return w / w.sum()
