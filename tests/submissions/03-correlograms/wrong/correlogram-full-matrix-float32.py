# breaks: correlogram
# why: halving the memory of the full matrix does not save it
# feedback: memory
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    D = t2.astype(np.float32)[None, :] - t1.astype(np.float32)[:, None]
    M = round(window / bin_size)
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    counts, _ = np.histogram(D[np.abs(D) < window + bin_size], edges)
    if auto:
        counts[M] -= len(t1)
    return counts, np.arange(-M, M + 1) * bin_size
