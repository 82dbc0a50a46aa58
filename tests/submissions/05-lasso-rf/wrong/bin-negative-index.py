# breaks: bin_spikes
# why: index −1 of spikes before the first flip is the last frame
# feedback: index −1
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    n = len(triggers) - 1
    counts = np.zeros(n)
    k = np.searchsorted(triggers, spiketimes, side="right") - 1
    np.add.at(counts, k[k < n], 1)
    return counts
