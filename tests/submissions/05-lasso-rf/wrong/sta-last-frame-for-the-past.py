# breaks: sta
# why: index −1 is the last frame
# feedback: index −1
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        t = spiketimes - lag
        k = np.searchsorted(triggers, t, side="right") - 1
        A[:, j] = stim[:, k].mean(axis=1)
    return A
