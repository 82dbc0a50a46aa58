# breaks: filter_signal
# why: a linear-phase FIR filter in both directions is no Butterworth filter
# feedback: another kind than Butterworth
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    b = signal.firwin(401, [low, high], pass_zero=False, fs=fs)
    return signal.filtfilt(b, 1, np.asarray(x), axis=0)
