# breaks: filter_signal
# why: the order is written as 3
# feedback: order
# %% filter_signal
from scipy.signal import butter, sosfiltfilt


def filter_signal(x, fs, low, high, order=3):
    sos = butter(3, [low, high], btype="bandpass", fs=fs, output="sos")
    return sosfiltfilt(sos, x, axis=0)
