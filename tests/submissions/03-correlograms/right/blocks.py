# style: the difference matrix in blocks of 500 spikes, with cross_time_diff
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    edges = (np.arange(-M, M + 2) - 0.5) * bin_size
    counts = np.zeros(2 * M + 1)
    for start in range(0, len(t1), 500):
        block = t1[start:start + 500]
        near = t2[(t2 >= block[0] - window - bin_size) & (t2 <= block[-1] + window + bin_size)]
        lags = -cross_time_diff(block, near)
        counts += np.histogram(lags, bins=edges)[0]
    if auto:
        counts[M] = counts[M] - len(t1)
    return counts, np.arange(-M, M + 1) * bin_size


# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    counts, centers = correlogram(t, t, tau / 200, 2 * tau, auto=True)
    n = counts[np.abs(centers) < tau - tau / 400].sum() / 2
    N = len(t)
    return 1 - np.sqrt(max(0.0, 1 - n * duration / (N**2 * tau)))
