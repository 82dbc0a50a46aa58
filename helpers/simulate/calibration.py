"""The numbers the simulations are calibrated to, of the original files beside those that ship."""

import numpy as np

from helpers.data import data_folder, load_ganglion_cell, load_session

from .ganglion import REFRESHES


def statistics(features, times, duration, n_clusters=14):
    """Describe a spike set by the numbers the simulation is calibrated to.

    Parameters
    ----------
    features : (n, 12) array
        µV, channel-major.
    times : (n,) array
        Ascending, s.
    duration : float
        s.
    n_clusters : int
        Components of the mixture whose separations are described.

    Returns
    -------
    dict
        Name (with unit) → list of numbers.
    """
    from sklearn.mixture import GaussianMixture

    intervals = np.diff(times) * 1000
    correlation = np.abs(np.corrcoef(features.T))
    pairs = np.triu_indices(4, 1)
    found = {
        "spikes per s": [len(times) / duration],
        "intervals of all spikes, ms: shortest, 5, 25, 50, 75, 95, 99 %": np.percentile(
            intervals, [0, 5, 25, 50, 75, 95, 99]
        ),
        "coefficient of variation of the intervals": [intervals.std() / intervals.mean()],
    }
    for width in (0.05, 0.2, 1, 5):
        counts = np.histogram(times, np.arange(0, duration + 1e-9, width))[0]
        found[f"Fano factor of the counts in {width:g} s"] = [counts.var() / counts.mean()]
    spread = features.std(axis=0)
    for pc in range(3):
        found[f"standard deviation of PC{pc + 1}, µV, per channel"] = spread[pc::3]
        found[f"absolute correlation of PC{pc + 1} between channels"] = correlation[pc::3, pc::3][
            pairs
        ]
    found["√eigenvalues of the covariance, µV"] = np.sqrt(
        np.linalg.eigvalsh(np.cov(features.T))[::-1]
    )
    mixture = GaussianMixture(n_clusters, n_init=5, random_state=0, max_iter=200).fit(features)
    apart = separations(mixture.means_, mixture.covariances_)
    found[f"rates of {n_clusters} clusters, Hz"] = (
        np.sort(mixture.weights_)[::-1] * len(times) / duration
    )
    found["standard deviation inside a cluster, µV, median: PC1, PC2, PC3"] = [
        np.median(np.sqrt(np.diagonal(mixture.covariances_, axis1=1, axis2=2)[:, pc::3]))
        for pc in range(3)
    ]
    found["distance to the nearest cluster"] = np.sort(apart.min(axis=1))
    found["distances of all pairs of clusters: 0, 10, 25, 50, 75, 90, 100 %"] = np.percentile(
        apart[np.triu_indices(n_clusters, 1)], [0, 10, 25, 50, 75, 90, 100]
    )
    return {name: [float(v) for v in values] for name, values in found.items()}


def separations(m, S):
    """Return the Mahalanobis distance of each pair of clusters under the mean of both covariances.

    Parameters
    ----------
    m : (K, d) array
    S : (K, d, d) array

    Returns
    -------
    (K, K) array
        Infinite on the diagonal.
    """
    apart = np.full((len(m), len(m)), np.inf)
    for i in range(len(m)):
        for j in range(i):
            d = m[i] - m[j]
            apart[i, j] = apart[j, i] = np.sqrt(d @ np.linalg.solve((S[i] + S[j]) / 2, d))
    return apart


def cell_statistics(cell, n_lags=6):
    """Describe a ganglion cell by the numbers its simulation is calibrated to.

    z is the correlation of a pixel with the count some frames later, times √(number of frames):
    standard normal where the pixel has no effect.

    Parameters
    ----------
    cell : GanglionCell
    n_lags : int

    Returns
    -------
    dict
        Name (with unit) → list of numbers.
    """
    t, counts = cell.triggers, np.histogram(cell.spiketimes, cell.triggers)[0]
    frames, intervals = np.diff(t) * 1000, np.diff(cell.spiketimes) * 1000
    z = np.array([pixel_scores(cell.stim, counts, lag) for lag in range(n_lags)])
    best = np.abs(z[1]).argmax()
    refresh = np.polyfit(np.arange(len(t)), t, 1)[0] / REFRESHES
    found = {
        "frame, ms: mean, standard deviation": [frames.mean(), frames.std()],
        "frame, ms: shortest, 5, 25, 50, 75, 95 %, longest": np.percentile(
            frames, [0, 5, 25, 50, 75, 95, 100]
        ),
        "correlation of frames' lengths 1, 2, 3, 8, 9 apart": correlations(frames, (1, 2, 3, 8, 9)),
        f"flips locked to 1/{REFRESHES} of a frame (0 no, 1 yes)": [
            np.abs(np.exp(2j * np.pi * t / refresh).mean())
        ],
        "spikes per s": [counts.sum() / (t[-1] - t[0])],
        "intervals of spikes, ms: shortest, 1, 5, 25, 50, 75, 95, 99 %": np.percentile(
            intervals, [0, 1, 5, 25, 50, 75, 95, 99]
        ),
        "coefficient of variation of the intervals": [intervals.std() / intervals.mean()],
        "frames with 0, 1, 2 … spikes, %": np.bincount(counts) * 100 / len(counts),
        "Fano factor of the counts per frame": [counts.var() / counts.mean()],
        "correlation of counts 1, 2, 5, 30 frames apart": correlations(counts, (1, 2, 5, 30)),
    }
    for width in (0.05, 0.5, 5, 20):
        binned = np.histogram(cell.spiketimes, np.arange(t[0], t[-1], width))[0]
        found[f"Fano factor of the counts in {width:g} s"] = [binned.var() / binned.mean()]
    found["largest size of z, 0, 1, 2 … frames before"] = np.abs(z).max(axis=1)
    found["row and column of that pixel, 1 frame before"] = np.unravel_index(best, cell.shape)
    found["standard deviation of z over pixels, 0, 1, 2 … frames before"] = z.std(axis=1)
    found["bits per spike of a smoothed field, 1 frame before, held out"] = [
        smoothed_bits_per_spike(cell, counts)
    ]
    return {name: [float(v) for v in values] for name, values in found.items()}


def correlations(x, steps):
    """Return the correlation of a sequence (n,) with itself, so many steps later."""
    return [np.corrcoef(x[step:], x[:-step])[0, 1] for step in steps]


def pixel_scores(stim, counts, lag):
    """Return z (n_pixels,): correlation of pixels (±.5) with counts `lag` frames later, times √n."""
    counts, stim = counts[lag:], stim[:, : len(counts) - lag]
    n = len(counts)
    return stim @ (counts - counts.mean()) / (0.5 * counts.std() * np.sqrt(n))


def smoothed_bits_per_spike(cell, counts, n_blocks=5):
    """Return how well a smoothed field predicts blocks of counts it was not fitted to.

    The field is the scores of the pixels one frame before, smoothed by a Gaussian of 1 pixel; one
    factor on it is fitted by Poisson regression. Bits per spike beyond the mean count.
    """
    from scipy.ndimage import gaussian_filter
    from sklearn.linear_model import PoissonRegressor

    stim, counts = cell.stim[:, :-1], counts[1:]
    bits = 0.0
    for test in np.array_split(np.arange(len(counts)), n_blocks):
        train = np.setdiff1d(np.arange(len(counts)), test)
        scores = pixel_scores(stim[:, train], counts[train], 0).reshape(cell.shape)
        seen = (gaussian_filter(scores, 1.0).ravel() @ stim)[:, None]
        model = PoissonRegressor(alpha=0).fit(seen[train], counts[train])
        expected, mean = model.predict(seen[test]), counts[train].mean()
        bits += np.sum(counts[test] * np.log2(expected / mean) - (expected - mean) / np.log(2))
    return bits / counts.sum()


def comparison(folder):
    """Return Markdown tables that set what ships beside the original files in a folder."""
    described = {
        "Tetrode session": (
            load_session,
            lambda session: statistics(
                session.features, session.spiketimes_s / session.fs, session.duration
            ),
        ),
        "Ganglion cell": (load_ganglion_cell, cell_statistics),
    }
    tables = []
    for title, (load, describe) in described.items():
        original, simulated = load(folder), load(data_folder())  # no original files there
        if original.source.startswith("original"):
            tables += [f"{title}\n", _beside(describe(original), describe(simulated))]
    return "\n".join(tables) or f"{folder} holds none of the original files."


def _beside(original, simulated):
    lines = ["| | original | simulated |", "|---|---|---|"]
    for name in original:
        cells = (" ".join(f"{v:.3g}" for v in column[name]) for column in (original, simulated))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
