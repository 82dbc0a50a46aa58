# breaks: update_waveform
# carries: fit_seminmf
# why: the amplitudes are not used
# feedback: weight each with its amplitude
# %% update_waveform
def update_waveform(R, a):
    w = R.mean(axis=1)
    return w / np.linalg.norm(w)
