# breaks: sta
# why: one frame too late
# feedback: 
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        t = spiketimes - lag
        k = np.searchsorted(triggers, t, side="right")
        k = k[(k >= 0) & (k < stim.shape[1])]
        A[:, j] = stim[:, k].mean(axis=1)
    return A
