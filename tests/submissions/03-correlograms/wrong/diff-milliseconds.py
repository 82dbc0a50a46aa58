# breaks: cross_time_diff
# why: times turned into milliseconds
# feedback: milliseconds
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return (spiketimes1[:, np.newaxis] - spiketimes2[np.newaxis, :]) * 1000
