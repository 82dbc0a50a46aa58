# breaks: update_waveform
# carries: fit_seminmf
# why: divided by the length of a
# feedback: length of a
# %% update_waveform
def update_waveform(R, a):
    return R @ a / np.linalg.norm(a)
