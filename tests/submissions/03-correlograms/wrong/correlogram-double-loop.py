# breaks: correlogram
# why: a loop over all pairs: never done with 34,000 spikes
# feedback: did not finish
# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    counts = np.zeros(2 * M + 1)
    for i in range(len(t1)):
        for j in range(len(t2)):
            lag = t2[j] - t1[i]
            if abs(lag) <= window and not (auto and i == j):
                counts[M + round(lag / bin_size)] += 1
    return counts, np.arange(-M, M + 1) * bin_size
