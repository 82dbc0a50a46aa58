# breaks: filter_signal
# why: lfilter runs forwards only: spikes are delayed, and the gain at the edges is 1/√2
# feedback: one direction | delays
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    b, a = signal.butter(order, [low, high], btype="band", fs=fs)
    return signal.lfilter(b, a, x, axis=0)
