# breaks: sta
# why: each frame counts once, however many spikes came
# feedback: two spikes counts twice
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        t = spiketimes - lag
        k = np.searchsorted(triggers, t, side="right") - 1
        k = k[(k >= 0) & (k < stim.shape[1])]
        k = np.unique(k)
        A[:, j] = stim[:, k].mean(axis=1)
    return A
