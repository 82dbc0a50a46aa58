# breaks: extract_waveforms
# why: leaves out spikes whose windows overlap
# feedback: shape
# %% extract_waveforms
def extract_waveforms(x, s):
    x, s = np.asarray(x), np.asarray(s)
    s = s[np.diff(s, prepend=-100) >= 30]
    s = s[(s >= 10) & (s + 20 <= len(x))]
    return x[s[:, None] + np.arange(-10, 20)]
