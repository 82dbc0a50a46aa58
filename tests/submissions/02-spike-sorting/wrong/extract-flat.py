# breaks: extract_waveforms
# why: one row of 120 numbers for each spike
# feedback: shape
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    return np.stack([x[i - 10 : i + 20].ravel() for i in s if i >= 10 and i + 20 <= len(x)])
