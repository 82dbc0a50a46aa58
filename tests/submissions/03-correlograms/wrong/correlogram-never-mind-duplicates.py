# breaks: correlogram
# why: np.add in place of np.add.at: several lags in one bin of one spike count once
# feedback: np.add.at | adds 1 only once
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    counts = np.zeros(2 * M + 1)
    for t in t1:
        lags = t2[np.searchsorted(t2, t - window):np.searchsorted(t2, t + window)] - t
        counts[np.rint(lags / bin_size).astype(int) + M] += 1
    if auto:
        counts[M] -= len(t1)
    return counts, np.arange(-M, M + 1) * bin_size
