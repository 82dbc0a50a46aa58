# breaks: sta
# why: a past on a flip goes to the frame that ends
# feedback: frame that ends there
# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    A = np.zeros((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        frame = np.searchsorted(triggers, spiketimes - lag, side="left") - 1
        frame = frame[(frame >= 0) & (frame < stim.shape[1])]
        A[:, j] = stim[:, frame].mean(axis=1)
    return A
