# breaks: cross_time_diff
# why: the distance, not the difference
# feedback: sign is lost
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return np.abs(spiketimes1[:, None] - spiketimes2[None, :])
