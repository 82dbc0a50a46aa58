# breaks: correlogram
# why: only the next and the last neighbour: a histogram of intervals
# feedback: several partners
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    counts = np.zeros(2 * M + 1)
    for t in t1:
        j = np.searchsorted(t2, t)
        for k in (j - 1, j):
            if 0 <= k < len(t2) and abs(t2[k] - t) < window:
                counts[int(round((t2[k] - t) / bin_size)) + M] += 1
    if auto:
        counts[M] -= len(t1)
    return counts, np.arange(-M, M + 1) * bin_size
