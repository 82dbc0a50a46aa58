# breaks: filter_signal
# why: switches the padding off to get rid of the error of a filter across the channels
# feedback: axis=0
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    sos = signal.butter(order, [low, high], btype="band", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, x, padlen=0)
