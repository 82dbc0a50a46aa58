# style: each channel by itself, duplicates within the lockout merged to the earliest; windows centred at 14; scikit-learn's PCA
# %% filter_signal
from scipy import signal


def filter_signal(x, fs, low, high, order=3):
    # high-pass and low-pass one after the other
    y = np.array(x, dtype=float)
    for edge, kind in ((low, "highpass"), (high, "lowpass")):
        b, a = signal.butter(order, edge, kind, fs=fs)
        y = signal.filtfilt(b, a, y, axis=0)
    return y


# %% detect_spikes
def detect_spikes(x, fs, N=5, lockout=1.0):
    x = np.asarray(x, float)
    x = x[:, None] if x.ndim == 1 else x
    thrd = -N * np.median(np.abs(x), axis=0) / 0.6745
    found = []
    for c in range(x.shape[1]):
        v = x[:, c]
        middle = v[1:-1]
        trough = (middle < thrd[c]) & (middle <= v[:-2]) & (middle < v[2:])
        found.append(np.flatnonzero(trough) + 1)
    candidates = np.unique(np.concatenate(found))
    dead = lockout / 1000 * fs
    s = []
    for i in candidates:
        if not s or i - s[-1] >= dead:
            s.append(i)
    s = np.array(s)
    return s, 1000 * s / fs, thrd


# %% extract_waveforms
import pandas as pd


def extract_waveforms(x, s):
    x = pd.DataFrame(x).to_numpy()
    keep = [i for i in s if i - 14 >= 0 and i + 16 <= x.shape[0]]
    w = np.empty((len(keep), 30, x.shape[1]))
    for n, i in enumerate(keep):
        w[n] = x[i - 14 : i + 16]
    return w


# %% extract_features
from sklearn.decomposition import PCA


def extract_features(w):
    return np.concatenate([PCA(3).fit_transform(w[:, :, c]) for c in range(4)], axis=1)


# %% sort_spikes
from sklearn import mixture


def sort_spikes(features, K, n_seeds):
    models = [
        [
            mixture.GaussianMixture(
                n_components=k, covariance_type="full", init_params="k-means++", reg_covar=1e-3,
                max_iter=200, random_state=seed,
            ).fit(features)
            for k in K
        ]
        for seed in range(n_seeds)
    ]
    bic = np.array([[model.bic(features) for model in row] for row in models])
    seed, j = divmod(int(bic.argmin()), len(K))
    return models[seed][j].predict(features), models[seed][j].n_components, bic


# %% score_sorting
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix


def score_sorting(true_units, labels):
    units, clusters = np.unique(true_units), np.unique(labels)
    C = contingency_matrix(true_units, labels)
    i, j = linear_sum_assignment(C, maximize=True)
    shared = C[i, j] > 0
    i, j = i[shared], j[shared]
    match = -np.ones(len(units), dtype=int)
    precision = np.zeros(len(units))
    recall = np.zeros(len(units))
    match[i] = clusters[j]
    precision[i] = C[i, j] / C.sum(0)[j]
    recall[i] = C[i, j] / C.sum(1)[i]
    return precision, recall, match
