# breaks: filter_signal
# why: 30 kHz whatever fs says
# feedback: fs
# %% filter_signal
from scipy.signal import butter, sosfiltfilt


def filter_signal(x, fs, low, high, order=3):
    sos = butter(order, [low / 15000, high / 15000], btype="bandpass", output="sos")
    return sosfiltfilt(sos, x, axis=0)
