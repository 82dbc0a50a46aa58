# breaks: bin_spikes
# why: intervals include both of their flips
# feedback: counted in both frames
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    spiketimes = np.asarray(spiketimes)
    return np.array([np.sum((spiketimes >= a) & (spiketimes <= b)) for a, b in zip(triggers[:-1], triggers[1:])])
