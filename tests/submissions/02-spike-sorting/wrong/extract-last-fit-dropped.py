# breaks: extract_waveforms
# why: drops the windows that just fit at both ends
# feedback: just fit
# %% extract_waveforms
def extract_waveforms(x, s):
    x, s = np.asarray(x).reshape(len(x), -1), np.asarray(s)
    s = s[(s > 10) & (s + 20 < len(x))]
    return x[s[:, None] + np.arange(-10, 20)]
