# breaks: extract_waveforms
# why: negative indices take samples from the end of the signal
# feedback: shape | s ≥ 10
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    s = np.asarray(s)
    s = s[s + 20 <= len(x)]
    return x[s[:, None] + np.arange(-10, 20)]
