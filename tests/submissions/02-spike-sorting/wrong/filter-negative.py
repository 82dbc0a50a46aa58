# breaks: filter_signal
# why: turns the sign round, so that spikes point up
# feedback: wrong sign
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    sos = signal.butter(order, [low, high], btype="band", fs=fs, output="sos")
    return -signal.sosfiltfilt(sos, np.asarray(x), axis=0)
