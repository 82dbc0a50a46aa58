# breaks: correlogram
# why: the full difference matrix: right, but dies on a whole session
# feedback: more than 1 GiB of memory
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    D = t2[None, :] - t1[:, None]
    M = round(window / bin_size)
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    counts, _ = np.histogram(D, edges)
    if auto:
        counts[M] -= len(t1)
    return counts, np.arange(-M, M + 1) * bin_size
