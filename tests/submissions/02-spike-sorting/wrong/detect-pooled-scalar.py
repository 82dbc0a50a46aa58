# breaks: detect_spikes
# why: one threshold for all channels, returned as one number
# feedback: Every channel has its own
# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    thrd = -N * np.median(np.abs(x)) / 0.6745
    v = x.min(axis=1)
    below = np.flatnonzero((v[1:-1] < thrd) & (v[1:-1] <= v[:-2]) & (v[1:-1] < v[2:])) + 1
    s = [below[0]]
    for i in below[1:]:
        if i - s[-1] >= lockout * fs / 1000:
            s.append(i)
    s = np.array(s)
    return s, 1000 * s / fs, thrd
