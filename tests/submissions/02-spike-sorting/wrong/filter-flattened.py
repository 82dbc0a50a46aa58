# breaks: filter_signal
# why: all channels in one row, one after the other in every sample
# feedback: shape
# %% filter_signal
from scipy.signal import butter, filtfilt


def filter_signal(x, fs, low, high, order=3):
    b, a = butter(order, [low, high], btype="band", fs=fs)
    return filtfilt(b, a, np.ravel(x))
