# breaks: bin_spikes
# why: forgets to take differences
# feedback: add up from frame to frame
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    before = np.searchsorted(spiketimes, triggers)
    return before[1:] - before[0]
