# breaks: cross_time_diff
# why: loses a dimension where a train has one spike
# feedback: shape
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return np.squeeze(np.subtract.outer(spiketimes1, spiketimes2))
