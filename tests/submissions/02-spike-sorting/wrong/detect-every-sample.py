# breaks: detect_spikes
# why: every sample below the threshold counts
# feedback: second time
# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    thrd = -N * np.median(np.abs(x), axis=0) / 0.6745
    s = np.flatnonzero((x < thrd).any(axis=1))
    return s, 1000 * s / fs, thrd
