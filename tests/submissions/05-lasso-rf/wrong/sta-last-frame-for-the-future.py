# breaks: sta
# why: a past after the last flip is given the last frame
# feedback: given the last frame, which ended before
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        frame = np.searchsorted(triggers, spiketimes - lag, side="right") - 1
        frame = frame[frame >= 0].clip(max=stim.shape[1] - 1)
        A[:, j] = stim[:, frame].mean(axis=1)
    return A
