# breaks: update_waveform
# carries: fit_seminmf
# why: the weighted mean is not made length 1
# feedback: divided by Σa
# %% update_waveform
def update_waveform(R, a):
    return R @ a / a.sum()
