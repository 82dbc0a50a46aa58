# breaks: cross_time_diff
# why: range(len − 1): the last spike of each train is left at 0
# feedback: the matrix
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    n1, n2 = len(spiketimes1), len(spiketimes2)
    diff = np.zeros((n1, n2))
    for i in range(n1 - 1):
        for j in range(n2 - 1):
            diff[i, j] = spiketimes1[i] - spiketimes2[j]
    return diff
