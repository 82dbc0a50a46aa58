# breaks: filter_signal
# why: does not take a single channel of shape (n_samples,)
# feedback: (n_samples,)
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    x = np.asarray(x, dtype=float)
    sos = signal.butter(order, [low, high], btype="band", fs=fs, output="sos")
    return np.column_stack([signal.sosfiltfilt(sos, x[:, c]) for c in range(x.shape[1])])
