# breaks: remove_line_noise
# why: filters along the last axis
# feedback: axis=0
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(freq, q, fs)
    return signal.filtfilt(b, a, x, padlen=0)
