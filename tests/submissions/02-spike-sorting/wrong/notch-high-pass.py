# breaks: remove_line_noise
# why: a high-pass filter above 50 Hz, which removes all slow waves
# feedback: 45 and 55
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    sos = signal.butter(5, 2 * freq, "highpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, x, axis=0)
