# breaks: correlogram
# why: bins start at their centre: floor instead of the nearest
# feedback: nearest
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    counts = np.zeros(2 * M + 1)
    for t in t1:
        lags = t2[np.searchsorted(t2, t - window):np.searchsorted(t2, t + window)] - t
        np.add.at(counts, np.floor(lags / bin_size + 1e-9).astype(int) + M, 1)
    if auto:
        counts[M] -= len(t1)
    return counts, np.arange(-M, M + 1) * bin_size
