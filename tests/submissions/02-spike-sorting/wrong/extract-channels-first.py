# breaks: extract_waveforms
# why: shape (n, channels, 30)
# feedback: exchanged
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    return np.stack([x[i - 10 : i + 20].T for i in s if i >= 10 and i + 20 <= len(x)])
