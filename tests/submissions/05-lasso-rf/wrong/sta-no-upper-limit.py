# breaks: sta
# why: a past after the last flip is looked up in the stimulus
# feedback: IndexError
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        frame = np.searchsorted(triggers, spiketimes - lag, side="right") - 1
        frame = frame[frame >= 0]
        A[:, j] = stim[:, frame].mean(axis=1)
    return A
