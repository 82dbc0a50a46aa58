# breaks: extract_waveforms
# why: 11 samples before the trough and 19 after it
# feedback: index 11
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    return np.stack([x[i - 11 : i + 19] for i in s if i >= 11 and i + 19 <= len(x)])
