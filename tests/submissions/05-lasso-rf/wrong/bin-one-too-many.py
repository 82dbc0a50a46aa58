# breaks: bin_spikes
# why: one count for every flip
# feedback: flips have | frames between them
# %% bin_spikes
def bin_spikes(spiketimes, triggers):
    edges = np.append(triggers, np.inf)
    return np.histogram(spiketimes, edges)[0]
