# breaks: cross_time_diff
# why: a long list of all differences instead of a table
# feedback: shape
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    diffs = []
    for t1 in spiketimes1:
        for t2 in spiketimes2:
            diffs.append(t1 - t2)
    return np.array(diffs)
