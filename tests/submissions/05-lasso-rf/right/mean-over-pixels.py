# style: removes the mean over pixels at each lag, weights by counts in the average
# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean(axis=0)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 0], S[0], Vt[0]
    if u[np.argmax(np.abs(u))] < 0:
        u, v = -u, -v
    return u, s, v

# %% sta
def sta(stim, spiketimes, triggers, lags_s):
    out = np.empty((len(stim), len(lags_s)))
    for j, lag in enumerate(lags_s):
        c, _ = np.histogram(np.asarray(spiketimes) - lag, triggers)
        out[:, j] = stim @ c / c.sum()
    return out
