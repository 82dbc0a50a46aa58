# breaks: update_waveform
# carries: fit_seminmf
# why: least squares, without the constraint
# feedback: least squares
# %% update_waveform
def update_waveform(R, a):
    return R @ a / (a @ a)
