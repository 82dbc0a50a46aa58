# breaks: bin_spikes
# why: divides by the mean length of a frame
# feedback: equally long
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    dt = np.mean(np.diff(triggers))
    k = np.floor((np.asarray(spiketimes) - triggers[0]) / dt).astype(int)
    n = len(triggers) - 1
    return np.bincount(k[(k >= 0) & (k < n)], minlength=n)
