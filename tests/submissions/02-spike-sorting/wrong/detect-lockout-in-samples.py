# breaks: detect_spikes
# why: takes the lockout as a number of samples
# feedback: ms
# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    thrd = -N * np.median(np.abs(x), axis=0) / 0.6745
    v = np.min(x / -thrd, axis=1)
    troughs = np.flatnonzero((v[1:-1] < -1) & (v[1:-1] <= v[:-2]) & (v[1:-1] < v[2:])) + 1
    s = [troughs[0]]
    for i in troughs[1:]:
        if i - s[-1] >= lockout:
            s.append(i)
    s = np.array(s)
    return s, 1000 * s / fs, thrd
