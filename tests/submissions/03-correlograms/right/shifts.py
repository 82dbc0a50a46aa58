# style: merges both trains and compares neighbours of growing order
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = int(np.round(window / bin_size))
    counts = np.zeros(2 * M + 1, dtype=np.int64)
    centers = np.linspace(-M * bin_size, M * bin_size, 2 * M + 1)
    t = np.concatenate([t1, t2])
    train = np.concatenate([np.zeros(len(t1), int), np.ones(len(t2), int)])
    if auto:
        t, train = np.asarray(t1), np.zeros(len(t1), int)
    order = np.argsort(t, kind="stable")
    t, train = t[order], train[order]
    reach = (M + 0.5) * bin_size
    shift = 1
    while shift < len(t):
        lag = t[shift:] - t[:-shift]
        close = lag < reach
        if not close.any():
            break
        a, b = train[:-shift], train[shift:]
        if auto:
            k = np.rint(lag[close] / bin_size).astype(int)
            np.add.at(counts, M + k, 1)
            np.add.at(counts, M - k, 1)
        else:
            forward, backward = close & (a == 0) & (b == 1), close & (a == 1) & (b == 0)
            np.add.at(counts, M + np.rint(lag[forward] / bin_size).astype(int), 1)
            np.add.at(counts, M - np.rint(lag[backward] / bin_size).astype(int), 1)
        shift += 1
    return counts, centers


# %% contamination
def contamination(t, tau, duration):
    N, n, s = len(t), 0, 1
    if N < 2:
        return 0.0
    while s < N:
        close = np.count_nonzero(t[s:] - t[:-s] < tau)
        if close == 0:
            break
        n, s = n + close, s + 1
    return 1 - np.sqrt(max(0.0, 1 - n * duration / (N**2 * tau)))
