# style: plain loops with two fingers over lists, counts as a list
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    diffs = np.zeros((len(spiketimes1), len(spiketimes2)))
    for i in range(len(spiketimes1)):
        for j in range(len(spiketimes2)):
            diffs[i][j] = spiketimes1[i] - spiketimes2[j]
    return diffs


# %% correlogram
def correlogram(t1, t2, bin_size, window, auto=False):
    M = int(round(window / bin_size))
    counts = [0] * (2 * M + 1)
    t1, t2 = list(t1), list(t2)
    start = 0
    for i, t in enumerate(t1):
        while start < len(t2) and t2[start] < t - window - bin_size:
            start += 1
        j = start
        while j < len(t2) and t2[j] <= t + window + bin_size:
            if not (auto and i == j):
                k = int(round((t2[j] - t) / bin_size))
                if -M <= k <= M:
                    counts[k + M] += 1
            j += 1
    return counts, [k * bin_size for k in range(-M, M + 1)]


# %% refractory_violations
def refractory_violations(t, tau):
    n = len(t) - 1
    if n < 1:
        return 0
    short = 0
    for a, b in zip(t[:-1], t[1:]):
        short += b - a < tau
    return short / n


# %% contamination
def contamination(t, tau, duration):
    N = len(t)
    if N <= 1:
        return 0
    n = 0
    for i in range(N):
        j = i + 1
        while j < N and t[j] - t[i] < tau:
            n += 1
            j += 1
    inside = 1 - n * duration / (N * N * tau)
    if inside < 0:
        return 1
    return 1 - inside ** 0.5
