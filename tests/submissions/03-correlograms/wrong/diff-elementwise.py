# breaks: cross_time_diff
# why: subtracts the arrays as they are, which needs equal lengths
# feedback: raised
# %% cross_time_diff
def cross_time_diff(spiketimes1, spiketimes2):
    return spiketimes1 - spiketimes2
