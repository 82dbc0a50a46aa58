# breaks: separate_space_time
# why: the mean over lags stays
# feedback: subtract each pixel's mean
# %% separate_space_time
def separate_space_time(W):
    M = np.asarray(W)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 0], S[0], Vt[0]
    if u[np.argmax(np.abs(u))] < 0:
        u, v = -u, -v
    return u, s, v
