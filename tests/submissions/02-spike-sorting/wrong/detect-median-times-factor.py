# breaks: detect_spikes
# why: multiplies the median by .6745, so far too much lies below the threshold
# feedback: multiplied by .6745 | mend the threshold first
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    sigma = np.median(np.abs(x), axis=0) * 0.6745
    depth = -x / sigma
    depth = depth.max(axis=1) if x.ndim == 2 else depth
    s, _ = signal.find_peaks(depth, height=N, distance=int(lockout * fs / 1000))
    return s, s / fs * 1000, -N * sigma
