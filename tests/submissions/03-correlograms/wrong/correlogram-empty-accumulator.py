# breaks: correlogram
# why: np.empty in place of np.zeros, filled with whatever memory held
# feedback: counts in the bin at
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = int(round(window / bin_size))
    centers = np.arange(-M, M + 1) * bin_size
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    counts = np.empty(2 * M + 1)
    counts[:] = 7.0  # what np.empty happened to find
    lo = np.searchsorted(t2, t1 + edges[0])
    hi = np.searchsorted(t2, t1 + edges[-1])
    for i in range(len(t1)):
        counts += np.histogram(t2[lo[i]:hi[i]] - t1[i], edges)[0] if hi[i] > lo[i] else 0
    if auto:
        counts[M] -= len(t1)
    return counts, centers
