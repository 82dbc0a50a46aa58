# breaks: detect_spikes
# why: one threshold for all channels, although their noise differs
# feedback: pooled | threshold
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    sigma = np.median(np.abs(x)) / 0.6745
    s, _ = signal.find_peaks(-x.min(axis=1), height=N * sigma, distance=int(lockout * fs / 1000))
    return s, s / fs * 1000, np.full(x.shape[1], -N * sigma)
