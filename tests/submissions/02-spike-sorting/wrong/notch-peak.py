# breaks: remove_line_noise
# why: iirpeak keeps the hum and throws away all else
# feedback: iirnotch
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirpeak(freq, q, fs)
    return signal.filtfilt(b, a, x, axis=0)
