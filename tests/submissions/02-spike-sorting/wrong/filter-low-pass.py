# breaks: filter_signal
# why: a low-pass filter: slow field potentials stay
# feedback: 500
# %% filter_signal
from scipy.signal import butter, filtfilt


def filter_signal(x, fs, low, high, order=3):
    b, a = butter(order, high, btype="lowpass", fs=fs)
    return filtfilt(b, a, x, axis=0)
