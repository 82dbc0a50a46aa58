# breaks: correlogram
# why: counts[k] += 1 with all neighbours of the same order at once: equal bins of different spikes count once
# feedback: np.add.at
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    counts = np.zeros(2 * M + 1)
    j, end = np.searchsorted(t2, t1 - window), np.searchsorted(t2, t1 + window)
    while np.any(j < end):
        alive = j < end
        t1, j, end = t1[alive], j[alive], end[alive]
        counts[M + np.rint((t2[j] - t1) / bin_size).astype(int)] += 1
        j = j + 1
    if auto:
        counts[M] -= len(t2)
    return counts, np.arange(-M, M + 1) * bin_size
