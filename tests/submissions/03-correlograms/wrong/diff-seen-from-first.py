# breaks: cross_time_diff
# why: takes both trains relative to their own first spike
# feedback: the matrix
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return (spiketimes1 - spiketimes1[0])[:, None] - (spiketimes2 - spiketimes2[0])[None, :]
