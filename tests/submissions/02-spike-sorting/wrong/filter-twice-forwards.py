# breaks: filter_signal
# why: the filter runs twice in the same direction: the gain is right, the delay doubles
# feedback: symmetric | later
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    sos = signal.butter(order, [low, high], btype="band", fs=fs, output="sos")
    y = signal.sosfilt(sos, x, axis=0)
    return signal.sosfilt(sos, y, axis=0)
