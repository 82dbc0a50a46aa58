# breaks: cross_time_diff
# why: one row per spike of the second train
# feedback: transposed
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return spiketimes1[None, :] - spiketimes2[:, None]
