# breaks: extract_waveforms
# why: divides every waveform by its trough, so the amplitude is lost
# feedback: should be the signal
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    w = np.stack([x[i - 10 : i + 20] for i in s if i >= 10 and i + 20 <= len(x)])
    return w / np.abs(w).max(axis=(1, 2), keepdims=True)
