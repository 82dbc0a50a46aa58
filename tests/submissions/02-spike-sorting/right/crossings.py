# style: downward crossings of any channel, the lockout counted from the crossing; per-channel loop in the frequency domain
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    values = np.asarray(x, dtype=float).reshape(len(x), -1)
    n = len(values)
    padded = np.concatenate([2 * values[0] - values[n - 1 : 0 : -1], values, 2 * values[-1] - values[-2::-1]])
    f = np.fft.rfftfreq(len(padded), 1 / fs)
    b, a = signal.butter(order, [low, high], "bandpass", fs=fs)
    _, H = signal.freqz(b, a, worN=f, fs=fs)
    y = np.fft.irfft(np.fft.rfft(padded, axis=0) * np.abs(H[:, None]) ** 2, len(padded), axis=0)
    return y[n - 1 : 2 * n - 1].reshape(np.shape(x))


# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    values = np.asarray(x, dtype=float).reshape(len(x), -1)
    f = np.fft.rfftfreq(len(values), 1 / fs)
    _, H = signal.freqz(*signal.iirnotch(freq, q, fs), worN=f, fs=fs)
    y = np.fft.irfft(np.fft.rfft(values, axis=0) * np.abs(H[:, None]) ** 2, len(values), axis=0)
    return y.reshape(np.shape(x))


# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x).reshape(len(x), -1)
    s_n = np.median(np.abs(x), 0) / 0.6745
    thr = -N * s_n
    under = np.any(x < thr, axis=1).astype(int)
    crossings = np.where(np.diff(under) == 1)[0] + 1
    L = int(lockout * fs / 1000)
    kept = []
    last = -np.inf
    for c in crossings:
        if c - last > L:
            kept.append(c)
            last = c
    # the trough of the deepest channel in the half millisecond that follows
    s = []
    for c in kept:
        window = x[c : c + int(0.0005 * fs)] / s_n
        s.append(c + np.unravel_index(window.argmin(), window.shape)[0])
    s = np.array(s)
    return s, s / (fs / 1000), thr


# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    u, ui = np.unique(true_units, return_inverse=True)
    k, ki = np.unique(labels, return_inverse=True)
    M = np.zeros((len(u), len(k)), int)
    np.add.at(M, (ui, ki), 1)
    out = {unit: (0.0, 0.0, -1) for unit in u}
    for i, j in zip(*linear_sum_assignment(M.max() - M)):
        if M[i, j] > 0:
            out[u[i]] = (M[i, j] / np.sum(ki == j), M[i, j] / np.sum(ui == i), k[j])
    return tuple(zip(*(out[unit] for unit in u)))
