# style: whole numbers of microseconds; half-open bins
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    us = np.rint(np.asarray(t1) * 1e6).astype(np.int64), np.rint(np.asarray(t2) * 1e6).astype(np.int64)
    b = int(round(bin_size * 1e6))
    M = int(round(window * 1e6 / b))
    counts = np.zeros(2 * M + 1, dtype=int)
    left = np.searchsorted(us[1], us[0] - (M * b + b // 2), side="left")
    right = np.searchsorted(us[1], us[0] + (M * b + b // 2), side="left")
    for i, (lo, hi) in enumerate(zip(left, right)):
        for j in range(lo, hi):
            if not auto or i != j:
                counts[(us[1][j] - us[0][i] + M * b + b // 2) // b] += 1
    return counts, np.arange(-M, M + 1) * b / 1e6
