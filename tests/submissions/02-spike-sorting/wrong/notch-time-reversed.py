# breaks: remove_line_noise
# why: the result of the backward pass is not turned round again
# feedback: turn the result round again
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(freq, q, fs)
    return signal.lfilter(b, a, signal.lfilter(b, a, np.asarray(x), axis=0)[::-1], axis=0)
