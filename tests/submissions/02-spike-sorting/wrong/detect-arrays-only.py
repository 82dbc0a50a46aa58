# breaks: detect_spikes
# why: x[:, c] does not work with a DataFrame
# feedback: raised
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    sigma = np.array([np.median(np.abs(x[:, c])) / 0.6745 for c in range(x.shape[1])])
    depth = np.max(-x / sigma, axis=1)
    s, _ = signal.find_peaks(depth, height=N, distance=int(lockout * fs / 1000))
    return s, s / fs * 1000, -N * sigma
