# breaks: remove_line_noise
# why: estimates the hum on the first channel and subtracts it everywhere
# feedback: alone
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    x = np.asarray(x)
    b, a = signal.iirnotch(freq, q, fs)
    hum = x[:, 0] - signal.filtfilt(b, a, x[:, 0])
    return x - hum[:, None]
