# breaks: cross_time_diff
# why: fills only elements with j ≥ i, as if the matrix were symmetric
# feedback: the matrix
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    diff = np.zeros((len(spiketimes1), len(spiketimes2)))
    for i, a in enumerate(spiketimes1):
        for j in range(i, len(spiketimes2)):
            diff[i, j] = a - spiketimes2[j]
    return diff
