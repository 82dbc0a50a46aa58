# style: searchsorted for the range, np.histogram for every spike; Hill's estimator from intervals
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return np.subtract.outer(spiketimes1, spiketimes2)


# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = int(round(window / bin_size))
    centers = np.arange(-M, M + 1) * bin_size
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    counts = np.zeros(2 * M + 1)
    lo = np.searchsorted(t2, t1 + edges[0])
    hi = np.searchsorted(t2, t1 + edges[-1])
    for i in range(len(t1)):
        counts += np.histogram(t2[lo[i]:hi[i]] - t1[i], edges)[0] if hi[i] > lo[i] else 0
    if auto:
        counts[M] -= len(t1)
    return counts, centers


# %% refractory_violations
def refractory_violations(t, tau):
    isi = np.diff(t)
    return np.count_nonzero(isi < tau) / isi.size if isi.size else 0.0


# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    # Hill et al. 2011: f (1 − f) = n T / (2 N² tau)
    n = np.sum(np.diff(t) < tau)
    x = n * duration / (2 * len(t) ** 2 * tau)
    if x > 0.25:
        return 1.0
    return (1 - np.sqrt(1 - 4 * x)) / 2
