# breaks: correlogram
# why: lag t1 − t2, the sign of cross_time_diff
# feedback: wrong sign
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = int(round(window / bin_size))
    centers = np.arange(-M, M + 1) * bin_size
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    counts = np.zeros(2 * M + 1)
    lo = np.searchsorted(t2, t1 + edges[0])
    hi = np.searchsorted(t2, t1 + edges[-1])
    for i in range(len(t1)):
        lags = t1[i] - t2[lo[i]:hi[i]]
        counts += np.histogram(lags, edges)[0]
    if auto:
        counts[M] -= len(t1)
    return counts, centers
