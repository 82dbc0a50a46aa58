# breaks: detect_spikes
# why: each channel by itself, spikes seen on several are counted several times
# feedback: second time
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    sigma = np.median(np.abs(x), axis=0) / 0.6745
    s = []
    for c in range(x.shape[1]):
        s.append(signal.find_peaks(-x[:, c], height=N * sigma[c], distance=int(lockout * fs / 1000))[0])
    s = np.unique(np.concatenate(s))
    return s, s / fs * 1000, -N * sigma
