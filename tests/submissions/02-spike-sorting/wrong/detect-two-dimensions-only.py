# breaks: detect_spikes
# why: does not take a single channel of shape (n_samples,)
# feedback: (n_samples,)
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    sigma = np.median(np.abs(x), axis=0) / 0.6745
    depth = np.max(-x / sigma, axis=1)
    s, _ = signal.find_peaks(depth, height=N, distance=int(lockout * fs / 1000))
    return s, s / fs * 1000, -N * sigma
