# style: scipy does the work: find_peaks on the depth of the deepest channel, SVD, pandas' crosstab
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    sos = signal.butter(order, [low, high], btype="bandpass", fs=fs, output="sos")
    return signal.sosfiltfilt(sos, x, axis=0)


# %% remove_line_noise
from scipy import signal


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    b, a = signal.iirnotch(freq, q, fs=fs)
    return signal.filtfilt(b, a, x, axis=0)


# %% detect_spikes
from scipy import signal


def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x)
    sigma = np.median(np.abs(x), axis=0) / 0.6745
    depth = -x / sigma
    if x.ndim == 2:
        depth = depth.max(axis=1)
    s, _ = signal.find_peaks(depth, height=N, distance=int(lockout * fs / 1000))
    return s, s / fs * 1000, -N * sigma


# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    if x.ndim == 1:
        x = x[:, None]
    s = np.asarray(s)
    s = s[(s >= 10) & (s + 20 <= len(x))]
    return x[s[:, None] + np.arange(-10, 20)]


# %% extract_features
def extract_features(w):
    b = []
    for c in range(w.shape[2]):
        X = w[:, :, c] - w[:, :, c].mean(0)
        U, S, Vt = np.linalg.svd(X, full_matrices=False)
        b.append(U[:, :3] * S[:3])
    return np.hstack(b)


# %% sort_spikes
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    bic = np.zeros((n_seeds, len(K)))
    best = np.inf
    for seed in range(n_seeds):
        for j, k in enumerate(K):
            gm = GaussianMixture(k, random_state=seed).fit(features)
            bic[seed, j] = gm.bic(features)
            if bic[seed, j] < best:
                best, best_K, labels = bic[seed, j], k, gm.predict(features)
    return labels, best_K, bic


# %% score_sorting
import pandas as pd
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    table = pd.crosstab(np.asarray(true_units), np.asarray(labels))
    rows, columns = linear_sum_assignment(table.values, maximize=True)
    result = pd.DataFrame({"precision": 0.0, "recall": 0.0, "match": -1}, index=table.index)
    for i, j in zip(rows, columns):
        both = table.values[i, j]
        if both == 0:
            continue
        result.iloc[i, 0] = both / table.values[:, j].sum()
        result.iloc[i, 1] = both / table.values[i].sum()
        result.iloc[i, 2] = table.columns[j]
    return result["precision"], result["recall"], result["match"]
