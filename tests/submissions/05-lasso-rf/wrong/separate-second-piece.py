# breaks: separate_space_time
# why: the second singular triple
# feedback: s should be
# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean(axis=1, keepdims=True)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 1], S[1], Vt[1]
    if u[np.argmax(np.abs(u))] < 0:
        u, v = -u, -v
    return u, s, v
