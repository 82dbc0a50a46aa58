# breaks: bin_spikes
# why: a spike on a flip goes to the frame that ends
# feedback: frame that ends there
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    k = np.searchsorted(triggers, spiketimes, side="left") - 1
    n = len(triggers) - 1
    return np.bincount(k[(k >= 0) & (k < n)], minlength=n)
