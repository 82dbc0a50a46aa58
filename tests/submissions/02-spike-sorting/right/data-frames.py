# style: pandas throughout, thresholds as a Series, columns of features by component and not by channel
# %% filter_signal
import pandas as pd
from scipy.signal import butter, filtfilt


def filter_signal(x, fs, low, high, order=3):
    df = pd.DataFrame(x)
    b, a = butter(order, (low, high), "bandpass", fs=fs)
    y = df.apply(lambda column: filtfilt(b, a, column), axis=0)
    return y if np.ndim(x) == 2 else y[0]


# %% remove_line_noise
import pandas as pd
from scipy.signal import filtfilt, iirnotch


def remove_line_noise(x, fs, freq=50.0, q=30.0):
    df = pd.DataFrame(x).copy()
    b, a = iirnotch(freq, q, fs)
    for name in df.columns:
        df[name] = filtfilt(b, a, df[name])
    return df if np.ndim(x) == 2 else df[0]


# %% detect_spikes
import pandas as pd


def detect_spikes(x, fs, N=5, lockout=1.0):
    df = pd.DataFrame(x)
    thrd = -N * df.abs().median() / 0.6745
    below = df.lt(thrd, axis=1)
    rows = []
    for c in df.columns:
        v, hit = df[c], below[c]
        run = (hit != hit.shift()).cumsum()[hit]  # stretches below the threshold
        if hit.any():
            troughs = v[hit].groupby(run).idxmin()
            rows.append(pd.DataFrame({"s": troughs.values, "depth": (v[troughs] / -thrd[c]).values}))
    spikes = pd.concat(rows).sort_values("s") if rows else pd.DataFrame({"s": [], "depth": []})
    gap = lockout * fs / 1000
    keep = []
    for s, depth in zip(spikes["s"], spikes["depth"]):
        if keep and s - keep[-1][0] < gap:
            if depth < keep[-1][1] and s - keep[-1][0] < gap / 2:
                keep[-1] = (s, depth)  # the same spike, deeper on another channel
        else:
            keep.append((s, depth))
    s = pd.Series([k[0] for k in keep], dtype=int)
    return s, s / fs * 1000, thrd


# %% extract_waveforms
import pandas as pd


def extract_waveforms(x, s):
    df = pd.DataFrame(x)
    windows = [df.iloc[i - 10 : i + 20].to_numpy() for i in s if i >= 10]
    windows = [w for w in windows if len(w) == 30]
    return np.stack(windows) if windows else np.empty((0, 30, df.shape[1]))


# %% extract_features
import pandas as pd


def extract_features(w):
    columns = {}
    for c in range(4):
        X = pd.DataFrame(w[:, :, c])
        X = X - X.mean()
        values, vectors = np.linalg.eigh(X.cov())
        for k in range(3):
            columns[k, c] = -(X @ vectors[:, -1 - k])
    return pd.DataFrame(columns).sort_index(axis=1)


# %% sort_spikes
import pandas as pd
from sklearn.mixture import GaussianMixture


def sort_spikes(features, K, n_seeds):
    table = pd.DataFrame(index=range(n_seeds), columns=range(len(K)), dtype=float)
    fits = {}
    for j, k in enumerate(K):
        for seed in range(n_seeds):
            fits[seed, j] = GaussianMixture(k, random_state=seed, n_init=1).fit(features)
            table.loc[seed, j] = fits[seed, j].bic(features)
    seed, j = min(fits, key=lambda key: table.loc[key])
    return pd.Series(fits[seed, j].predict(features)), K[j], table
