# breaks: filter_signal
# why: btype="bandstop" takes away what should stay
# feedback: 1000
# %% filter_signal
from scipy.signal import butter, filtfilt


def filter_signal(x, fs, low, high, order=3):
    b, a = butter(order, [low, high], btype="bandstop", fs=fs)
    return filtfilt(b, a, x, axis=0)
