# breaks: bin_spikes
# why: spikes outside are clipped into the outermost frames
# feedback: first and the last frame
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    n = len(triggers) - 1
    k = np.clip(np.searchsorted(triggers, spiketimes, side="right") - 1, 0, n - 1)
    return np.bincount(k, minlength=n)
