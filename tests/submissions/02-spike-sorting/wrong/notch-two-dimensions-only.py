# breaks: remove_line_noise
# why: does not take a single channel of shape (n_samples,)
# feedback: (n_samples,)
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    x = np.asarray(x, dtype=float)
    b, a = signal.iirnotch(freq, q, fs)
    return np.column_stack([signal.filtfilt(b, a, x[:, c]) for c in range(x.shape[1])])
