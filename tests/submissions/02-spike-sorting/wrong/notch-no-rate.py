# breaks: remove_line_noise
# why: forgets fs
# feedback: pass fs=fs
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(freq, q)
    return signal.filtfilt(b, a, np.asarray(x), axis=0)
