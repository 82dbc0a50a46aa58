# breaks: update_waveform
# carries: fit_seminmf
# why: a table with one column
# feedback: single row or column
# %% update_waveform
def update_waveform(R, a):
    w = R @ a[:, None]
    return w / np.linalg.norm(w)
