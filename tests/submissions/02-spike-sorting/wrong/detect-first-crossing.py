# breaks: detect_spikes
# why: dates spikes by their crossing of the threshold
# feedback: trough
# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    thrd = -N * np.median(np.abs(x), axis=0) / 0.6745
    below = (x < thrd).any(axis=1)
    crossings = np.flatnonzero(below[1:] & ~below[:-1]) + 1
    s = []
    for i in crossings:
        if not s or i - s[-1] > lockout * fs / 1000:
            s.append(i)
    s = np.array(s, dtype=int)
    return s, 1000 * s / fs, thrd
