# breaks: extract_waveforms
# why: reshapes (n, channels, 30) to (n, 30, channels) instead of transposing
# feedback: should be the signal
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    w = np.stack([x[i - 10 : i + 20].T for i in s if i >= 10 and i + 20 <= len(x)])
    return w.reshape(len(w), 30, x.shape[1])
