# breaks: update_waveform
# carries: fit_seminmf
# why: the length is not made 1
# feedback: not made length 1
# %% update_waveform
def update_waveform(R, a):
    return R @ a
