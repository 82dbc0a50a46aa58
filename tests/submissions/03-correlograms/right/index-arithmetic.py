# style: all neighbours at once by np.repeat, one histogram; results as floats
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    a, b = np.meshgrid(spiketimes1, spiketimes2, indexing="ij")
    return a - b


# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    lo = np.searchsorted(t2, t1 + edges[0])
    n = np.searchsorted(t2, t1 + edges[-1]) - lo
    i = np.repeat(np.arange(len(t1)), n)
    j = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + lo[i]
    if auto:
        i, j = i[i != j], j[i != j]
    return np.histogram(t2[j] - t1[i], edges)[0].astype(float), edges[:-1] + bin_size / 2


# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) <= 1:
        return 0.0
    hist, _ = np.histogram(np.diff(t), bins=[0, np.nextafter(tau, 0), np.inf])
    return np.mean(t[1:] - t[:-1] < tau)
