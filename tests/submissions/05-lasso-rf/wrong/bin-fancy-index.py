# breaks: bin_spikes
# why: counts[k] += 1 counts repeated k once
# feedback: only say whether
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    n = len(triggers) - 1
    counts = np.zeros(n)
    k = np.searchsorted(triggers, spiketimes, side="right") - 1
    counts[k[(k >= 0) & (k < n)]] += 1
    return counts
