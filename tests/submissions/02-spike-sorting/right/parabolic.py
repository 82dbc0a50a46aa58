# style: troughs refined by a parabola through three samples, the deepest spike first, one number for the threshold of one channel
# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x, dtype=float)
    x = x.reshape(len(x), -1)
    sigma = np.median(np.abs(x), axis=0) / 0.67449
    z = (x / sigma).min(axis=1)
    inner = np.arange(1, len(z) - 1)
    troughs = inner[(z[inner] < -N) & (z[inner] <= z[inner - 1]) & (z[inner] < z[inner + 1])]
    order = troughs[np.argsort(z[troughs])]
    free = np.ones(len(z), dtype=bool)
    reach = int(np.ceil(lockout * fs / 1000))
    kept = []
    for i in order:
        if free[i]:
            kept.append(i)
            free[max(0, i - reach + 1) : i + reach] = False
    i = np.sort(np.array(kept, dtype=int))
    a, b, c = z[i - 1], z[i], z[i + 1]
    s = np.round(i + 0.5 * (a - c) / (a - 2 * b + c)).astype(int)
    thrd = -N * sigma
    return s, s / fs * 1000, thrd if len(thrd) > 1 else float(thrd[0])


# %% extract_features
def extract_features(w):
    w = np.asarray(w)
    centred = w - w.mean(axis=0)
    C = np.einsum("nic,njc->cij", centred, centred) / (len(w) - 1)
    values, vectors = np.linalg.eigh(C)
    axes = vectors[:, :, -3:]  # smallest of the three first
    return np.einsum("nic,cik->nck", centred, axes).reshape(len(w), 12)


# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    sos = signal.tf2sos(*signal.iirnotch(freq, q, fs))
    once = signal.sosfilt(sos, x, axis=0)
    return signal.sosfilt(sos, once[::-1], axis=0)[::-1]
