# breaks: filter_signal
# why: 500 to 4000 Hz whatever low and high say
# feedback: low, high
# %% filter_signal
from scipy.signal import butter, sosfiltfilt


def filter_signal(x, fs, low, high, order=3):
    sos = butter(order, [500, 4000], btype="bandpass", fs=fs, output="sos")
    return sosfiltfilt(sos, x, axis=0)
