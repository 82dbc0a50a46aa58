# breaks: filter_signal
# why: x[:, c] does not work with a DataFrame
# feedback: raised
# %% filter_signal
from scipy.signal import butter, filtfilt


def filter_signal(x, fs, low, high, order=3):
    b, a = butter(order, [low, high], btype="band", fs=fs)
    y = np.zeros(x.shape)
    for c in range(x.shape[1]):
        y[:, c] = filtfilt(b, a, x[:, c])
    return y
