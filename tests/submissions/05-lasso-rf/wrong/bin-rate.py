# breaks: bin_spikes
# why: returns a rate in Hz
# feedback: length of their frame
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    return np.histogram(spiketimes, triggers)[0] / np.diff(triggers)
