# breaks: remove_line_noise
# why: lfilter: the notch delays
# feedback: symmetric
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(freq, q, fs)
    return signal.lfilter(b, a, x, axis=0)
