# breaks: filter_signal
# why: subtracts the mean of all channels first, so that spikes seen on all of them shrink
# feedback: alone
# %% filter_signal
from scipy.signal import butter, sosfiltfilt


def filter_signal(x, fs, low, high, order=3):
    x = np.asarray(x)
    if x.shape[1] > 1:
        x = x - x.mean(axis=1, keepdims=True)
    sos = butter(order, [low, high], btype="band", fs=fs, output="sos")
    return sosfiltfilt(sos, x, axis=0)
