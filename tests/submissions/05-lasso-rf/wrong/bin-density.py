# breaks: bin_spikes
# why: np.histogram with density=True
# feedback: 
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    return np.histogram(spiketimes, triggers, density=True)[0]
