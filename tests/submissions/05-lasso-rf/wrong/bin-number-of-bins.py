# breaks: bin_spikes
# why: np.histogram with a number of bins: from the first spike to the last
# feedback: equally long
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    return np.histogram(spiketimes, bins=len(triggers) - 1)[0]
