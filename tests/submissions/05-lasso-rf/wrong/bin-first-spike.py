# breaks: bin_spikes
# why: looks at the first spike of an empty train
# feedback: IndexError
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    n = len(triggers) - 1
    counts = np.zeros(n, int)
    k, now = 0, spiketimes[0]
    for now in spiketimes:
        while k < n and now >= triggers[k + 1]:
            k += 1
        if now >= triggers[0] and k < n:
            counts[k] += 1
    return counts
