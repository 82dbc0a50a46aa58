# style: no histogram at all: ranks of the edges, subtracted; Llobet's estimator from searchsorted
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return np.tile(spiketimes1, (len(spiketimes2), 1)).T - spiketimes2


# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    below = [np.searchsorted(t2, t1 + e).sum() for e in edges]
    counts = np.diff(below)
    if auto:
        counts[M] -= len(t1)
    return counts, np.arange(-M, M + 1) * bin_size


# %% refractory_violations
def refractory_violations(t, tau):
    with np.errstate(invalid="ignore"):
        share = np.divide((np.diff(t) < tau).sum(), len(t) - 1) if len(t) > 1 else np.float64(0)
    return share


# %% contamination
def contamination(t, tau, duration):
    N = len(t)
    if N < 2:
        return 0.0
    n = np.searchsorted(t, t + tau, side='left').sum() - N * (N + 1) / 2
    return 1 - np.sqrt(max(0.0, 1 - n * duration / (N**2 * tau)))
