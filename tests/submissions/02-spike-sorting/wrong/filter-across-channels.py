# breaks: filter_signal
# why: filtfilt without axis filters along the last axis, across the channels
# feedback: padlen
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    b, a = signal.butter(order, [low, high], btype="band", fs=fs)
    return signal.filtfilt(b, a, x)
