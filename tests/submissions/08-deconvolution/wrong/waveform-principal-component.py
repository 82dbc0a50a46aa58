# breaks: update_waveform
# carries: fit_seminmf
# why: the first singular vector of R, whatever the amplitudes
# feedback: w[
# %% update_waveform
def update_waveform(R, a):
    return np.linalg.svd(R, full_matrices=False)[0][:, 0]
