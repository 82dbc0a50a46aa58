"""The numbers the simulations are calibrated to, of the original files beside those that ship."""

import numpy as np

from helpers.data import data_folder, load_session


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


def comparison(folder):
    """Return the Markdown table that sets the session that ships beside the original in a folder."""
    columns = []
    for session in (load_session(folder), load_session(data_folder())):  # no original files there
        columns.append(
            statistics(session.features, session.spiketimes_s / session.fs, session.duration)
        )
    lines = ["| | original | simulated |", "|---|---|---|"]
    for name, original in columns[0].items():
        cells = (" ".join(f"{v:.3g}" for v in column) for column in (original, columns[1][name]))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
