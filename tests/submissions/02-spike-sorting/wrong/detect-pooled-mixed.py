# breaks: detect_spikes
# why: detects with a threshold for each channel but returns that of all samples together
# feedback: pooled
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    sigma = np.median(np.abs(x), axis=0) / 0.6745
    depth = -x / sigma
    depth = depth.max(axis=1) if x.ndim == 2 else depth
    s, _ = signal.find_peaks(depth, height=N, distance=int(lockout * fs / 1000))
    return s, s / fs * 1000, -N * np.median(np.abs(x)) / 0.6745
