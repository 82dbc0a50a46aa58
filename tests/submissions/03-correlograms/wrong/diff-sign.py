# breaks: cross_time_diff
# why: second minus first, the sign of a lag
# feedback: sign is turned
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return spiketimes2[None, :] - spiketimes1[:, None]
