# breaks: extract_waveforms
# why: the window starts at the trough: the spike's first half is missing
# feedback: index 0
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    return np.stack([x[i : i + 30] for i in s if i >= 10 and i + 30 <= len(x)])
