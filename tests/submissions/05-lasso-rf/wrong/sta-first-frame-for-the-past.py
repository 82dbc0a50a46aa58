# breaks: sta
# why: spikes without a past get the first frame
# feedback: given the first frame
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        t = spiketimes - lag
        k = np.searchsorted(triggers, t, side="right") - 1
        k = np.clip(k, 0, stim.shape[1] - 1)
        A[:, j] = stim[:, k].mean(axis=1)
    return A
