# breaks: sta
# why: spikes without a past at the longest lag are dropped everywhere
# feedback: left out at all lags
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    spiketimes = spiketimes[spiketimes - max(lags_s) >= triggers[0]]
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        t = spiketimes - lag
        k = np.searchsorted(triggers, t, side="right") - 1
        k = k[(k >= 0) & (k < stim.shape[1])]
        A[:, j] = stim[:, k].mean(axis=1)
    return A
