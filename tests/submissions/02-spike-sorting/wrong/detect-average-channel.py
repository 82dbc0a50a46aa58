# breaks: detect_spikes
# why: averages the channels, which dilutes a spike that is large on one of them
# feedback: spikes were found
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    thrd = -N * np.median(np.abs(x), axis=0) / 0.6745
    v = x.mean(axis=1)
    s, _ = signal.find_peaks(-v, height=N * np.median(np.abs(v)) / 0.6745, distance=int(lockout * fs / 1000))
    return s, s / fs * 1000, thrd
