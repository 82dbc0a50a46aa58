# breaks: extract_waveforms
# why: does not take a single channel of shape (n_samples,)
# feedback: (n_samples,)
# %% extract_waveforms
def extract_waveforms(x, s):
    x, s = np.asarray(x), np.asarray(s)
    s = s[(s >= 10) & (s + 20 <= len(x))]
    return x[s[:, None] + np.arange(-10, 20), :]
