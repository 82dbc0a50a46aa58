# breaks: bin_spikes
# why: np.digitize starts at 1
# feedback: one frame too late
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    k = np.digitize(spiketimes, triggers)
    return np.bincount(k, minlength=len(triggers) + 1)[: len(triggers) - 1]
