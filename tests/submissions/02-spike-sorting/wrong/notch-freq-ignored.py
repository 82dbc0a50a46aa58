# breaks: remove_line_noise
# why: 50 Hz whatever freq says
# feedback: 60 Hz
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(50, q, fs)
    return signal.filtfilt(b, a, x, axis=0)
