# breaks: remove_line_noise
# why: 30 kHz whatever fs says
# feedback: 50 Hz
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(freq, q, fs=30000)
    return signal.filtfilt(b, a, x, axis=0)
