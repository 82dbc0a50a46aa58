# breaks: detect_spikes
# why: the standard deviation in place of the robust estimate
# feedback: standard deviation
# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    thrd = -N * np.std(x, axis=0)
    i = np.flatnonzero((x < thrd).any(axis=1))
    depth = (x / -thrd).min(axis=1)
    dead = int(lockout * fs / 1000)
    s = []
    while len(i):
        stop = i[0] + dead
        trough = i[0] + depth[i[0] : stop].argmin()
        s.append(trough)
        i = i[i >= trough + dead]
    s = np.array(s, dtype=int)
    return s, s / fs * 1000, thrd
