# breaks: remove_line_noise
# why: a band-stop of ± 10 Hz takes the neighbours away too
# feedback: 45 and 55
# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    sos = signal.butter(2, [freq - 10, freq + 10], "bandstop", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, x, axis=0)
