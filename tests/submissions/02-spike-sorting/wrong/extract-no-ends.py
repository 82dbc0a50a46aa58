# breaks: extract_waveforms
# why: throws away every spike within a whole window of the ends, although its window fits
# feedback: fits
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    s = np.array([i for i in s if 30 <= i < len(x) - 30])
    return np.stack([x[i - 10 : i + 20] for i in s])
