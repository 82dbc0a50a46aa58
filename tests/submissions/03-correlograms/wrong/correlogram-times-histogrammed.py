# breaks: correlogram
# why: histogram of the spike times themselves
# feedback: counts in the bin at
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    counts, _ = np.histogram(t2, edges)
    return counts, np.arange(-M, M + 1) * bin_size
