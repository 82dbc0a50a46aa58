# breaks: extract_waveforms
# why: repeats the last sample where the window leaves the signal
# feedback: do not pad
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    rows = np.asarray(s)[:, None] + np.arange(-10, 20)
    return x[np.clip(rows, 0, len(x) - 1)]
