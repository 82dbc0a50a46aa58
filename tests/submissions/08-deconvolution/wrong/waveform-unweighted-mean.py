# breaks: update_waveform
# carries: fit_seminmf
# why: all active bins count alike
# feedback: weight each with its amplitude
# %% update_waveform
def update_waveform(R, a):
    w = R[:, a > 0].mean(axis=1)
    return w / np.linalg.norm(w)
