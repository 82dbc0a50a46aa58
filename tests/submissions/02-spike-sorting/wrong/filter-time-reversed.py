# breaks: filter_signal
# why: the second pass runs backwards, and its result is not turned round again
# feedback: turn the result round again
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    sos = signal.butter(order, [low, high], btype="band", fs=fs, output="sos")
    return signal.sosfilt(sos, signal.sosfilt(sos, np.asarray(x), axis=0)[::-1], axis=0)
