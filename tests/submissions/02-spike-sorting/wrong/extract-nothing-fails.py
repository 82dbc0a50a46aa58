# breaks: extract_waveforms
# why: np.stack of an empty list raises
# feedback: without any spike
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x).reshape(len(x), -1)
    return np.stack([x[i - 10 : i + 20] for i in s if i >= 10 and i + 20 <= len(x)])
