# breaks: correlogram
# why: each pair once, as in an upper triangle: no negative lags
# feedback: only positive lags
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    counts = np.zeros(2 * M + 1, dtype=int)
    for t in t1:
        j = np.searchsorted(t2, t - bin_size / 2)
        while j < len(t2) and t2[j] - t < window:
            counts[M + int(round((t2[j] - t) / bin_size))] += 1
            j += 1
    if auto:
        counts[M] -= len(t1)
    return counts, np.arange(-M, M + 1) * bin_size
