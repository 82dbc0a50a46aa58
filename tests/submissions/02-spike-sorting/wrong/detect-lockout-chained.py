# breaks: detect_spikes
# why: compares each spike with the one before it, although that was left out
# feedback: locks nothing out
# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    thrd = -N * np.median(np.abs(x), axis=0) / 0.6745
    v = np.min(x / -thrd, axis=1)
    troughs = np.flatnonzero((v[1:-1] < -1) & (v[1:-1] <= v[:-2]) & (v[1:-1] < v[2:])) + 1
    s = troughs[np.diff(troughs, prepend=-1000) >= lockout * fs / 1000]
    return s, 1000 * s / fs, thrd
