# breaks: cross_time_diff
# why: clips negative differences to 0: only later spikes of the first train
# feedback: the matrix
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return np.clip(np.subtract.outer(spiketimes1, spiketimes2), 0, None)
