# breaks: extract_waveforms
# why: moves each window to the deepest sample within five of s
# feedback: do not move s
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x).reshape(len(x), -1)
    s = [i for i in np.asarray(s) if i >= 10 and i + 20 <= len(x)]
    s = [i - 5 + x[i - 5 : i + 6].min(axis=1).argmin() for i in s]
    return np.array([x[i - 10 : i + 20] for i in s if i >= 10 and i + 20 <= len(x)]).reshape(-1, 30, x.shape[1])
