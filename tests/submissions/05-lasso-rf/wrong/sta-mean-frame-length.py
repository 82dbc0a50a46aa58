# breaks: sta
# why: frames found by their mean length
# feedback: equally long
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        t = spiketimes - lag
        k = np.floor((t - triggers[0]) / np.mean(np.diff(triggers))).astype(int)
        k = k[(k >= 0) & (k < stim.shape[1])]
        A[:, j] = stim[:, k].mean(axis=1)
    return A
