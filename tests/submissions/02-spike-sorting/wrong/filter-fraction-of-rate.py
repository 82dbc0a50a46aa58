# breaks: filter_signal
# why: edges as fractions of fs, not of fs/2: the band is half as high as it should be
# feedback: fs/2
# %% filter_signal
from scipy.signal import butter, filtfilt


def filter_signal(x, fs, low, high, order=3):
    b, a = butter(order, [low / fs, high / fs], btype="bandpass")
    return filtfilt(b, a, x, axis=0)
