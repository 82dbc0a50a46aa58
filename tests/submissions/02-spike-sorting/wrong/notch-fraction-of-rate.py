# breaks: remove_line_noise
# why: the frequency as a fraction of fs, not of fs/2
# feedback: gain at 50 Hz
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(freq / fs, q)
    return signal.filtfilt(b, a, x, axis=0)
