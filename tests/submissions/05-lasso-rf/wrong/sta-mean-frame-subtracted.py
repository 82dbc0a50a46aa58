# breaks: sta
# why: subtracts the mean frame
# feedback: mean frame
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        t = spiketimes - lag
        k = np.searchsorted(triggers, t, side="right") - 1
        k = k[(k >= 0) & (k < stim.shape[1])]
        A[:, j] = stim[:, k].mean(axis=1) - stim.mean(axis=1)
    return A
