# breaks: remove_line_noise
# why: always q = 30
# feedback: freq/q
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(freq, 30, fs)
    return signal.filtfilt(b, a, x, axis=0)
