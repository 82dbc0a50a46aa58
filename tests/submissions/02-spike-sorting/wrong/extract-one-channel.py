# breaks: extract_waveforms
# why: every spike on the channel where it is largest only
# feedback: shape
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    w = []
    for i in s:
        if i >= 10 and i + 20 <= len(x):
            w.append(x[i - 10 : i + 20, [x[i].argmin()]])
    return np.array(w)
