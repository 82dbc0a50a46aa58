# breaks: filter_signal
# why: four times: filtfilt of a filter that was already made for both directions
# feedback: four times
# %% filter_signal
from scipy.signal import butter, sosfiltfilt


def filter_signal(x, fs, low, high, order=3):
    sos = butter(order, [low, high], btype="band", fs=fs, output="sos")
    y = sosfiltfilt(sos, x, axis=0)
    return sosfiltfilt(sos, y[::-1], axis=0)[::-1]
