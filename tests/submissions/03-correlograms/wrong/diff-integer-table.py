# breaks: cross_time_diff
# why: fills a table of integers, so that all fractions are cut off
# feedback: should be
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    diff = np.zeros((len(spiketimes1), len(spiketimes2)), dtype=int)
    for i in range(len(spiketimes1)):
        for j in range(len(spiketimes2)):
            diff[i, j] = spiketimes1[i] - spiketimes2[j]
    return diff
