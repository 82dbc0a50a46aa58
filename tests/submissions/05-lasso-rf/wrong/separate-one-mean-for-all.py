# breaks: separate_space_time
# why: one mean of the whole matrix
# feedback: each pixel has its own mean
# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean()
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 0], S[0], Vt[0]
    if u[np.argmax(np.abs(u))] < 0:
        u, v = -u, -v
    return u, s, v
