# style: a slow loop that compares every spike with the whole train; the linear estimate
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return np.array([[a - b for b in spiketimes2] for a in spiketimes1])


# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    counts = np.zeros(2 * M + 1)
    for i, t in enumerate(t1):
        lag = t2 - t
        near = np.abs(lag) < window + bin_size
        if auto:
            near[i] = False
        counts += np.histogram(lag[near], bins=edges)[0]
    return counts, (edges[:-1] + edges[1:]) / 2


# %% refractory_violations
def refractory_violations(t, tau):
    if np.size(t) < 2:
        return 0.0
    return (np.diff(t) < tau).astype(float).mean()


# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    n = np.sum(np.diff(t) < tau)
    return np.clip(n * duration / (2 * tau * len(t) ** 2), 0, 1)
