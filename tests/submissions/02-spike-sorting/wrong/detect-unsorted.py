# breaks: detect_spikes
# why: the spikes of one channel after those of the other
# feedback: ascend
# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    sigma = np.median(np.abs(x), axis=0) / 0.6745
    dead = int(lockout * fs / 1000)
    s = []
    for c in range(x.shape[1]):
        for i in signal.find_peaks(-x[:, c], height=N * sigma[c], distance=dead)[0]:
            if all(abs(i - j) >= dead for j in s):
                s.append(i)
    s = np.array(s)
    return s, s / fs * 1000, -N * sigma
