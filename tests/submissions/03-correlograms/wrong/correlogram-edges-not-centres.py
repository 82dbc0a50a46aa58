# breaks: correlogram
# why: 2·M bins between multiples of bin_size
# feedback: 2·round(window/bin_size) + 1
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    edges = np.arange(-M, M + 1) * bin_size
    counts = np.zeros(2 * M)
    for t in t1:
        near = t2[np.searchsorted(t2, t - window):np.searchsorted(t2, t + window)]
        counts += np.histogram(near - t, edges)[0]
    if auto:
        counts[M] -= len(t1)
    return counts, (edges[1:] + edges[:-1]) / 2
