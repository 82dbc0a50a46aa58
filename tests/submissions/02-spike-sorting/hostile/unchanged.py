# zero: filter_signal, remove_line_noise, extract_waveforms
# why: gives the signal back as it came, and windows of zeros: right shapes, same for every form of x, no delay
# %% filter_signal
def filter_signal(x, fs, low, high, order=3):
    return x


# %% remove_line_noise
def remove_line_noise(x, fs, freq=50.0, q=30.0):
    return x


# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x).reshape(len(x), -1)
    return np.zeros((len(s), 30, x.shape[1]))
