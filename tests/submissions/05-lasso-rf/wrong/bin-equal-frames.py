# breaks: bin_spikes
# why: cuts the recording into equal frames
# feedback: equally long
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    n = len(triggers) - 1
    return np.histogram(spiketimes, bins=n, range=(triggers[0], triggers[-1]))[0]
