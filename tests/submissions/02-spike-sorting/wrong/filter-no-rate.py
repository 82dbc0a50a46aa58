# breaks: filter_signal
# why: forgets fs
# feedback: pass fs=fs
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    sos = signal.butter(order, [low, high], btype="band", output="sos")
    return signal.sosfiltfilt(sos, np.asarray(x), axis=0)
