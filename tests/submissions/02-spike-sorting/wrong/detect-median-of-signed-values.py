# breaks: detect_spikes
# why: the median of x instead of |x|, which is close to 0
# feedback: thrd
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    sigma = np.abs(np.median(x, axis=0)) / 0.6745
    depth = np.max(-x / sigma, axis=1)
    s, _ = signal.find_peaks(depth, height=N, distance=int(lockout * fs / 1000))
    return s, s / fs * 1000, -N * sigma
