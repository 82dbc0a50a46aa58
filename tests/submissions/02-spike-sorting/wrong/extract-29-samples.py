# breaks: extract_waveforms
# why: forgets that a slice ends before its stop
# feedback: shape | 29
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    return np.stack([x[i - 10 : i + 19] for i in s if i >= 10 and i + 20 <= len(x)])
