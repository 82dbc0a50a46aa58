# breaks: separate_space_time
# why: the explained share in place of s
# feedback: s should be
# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean(axis=1, keepdims=True)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 0], S[0], Vt[0]
    if u[np.argmax(np.abs(u))] < 0:
        u, v = -u, -v
    return u, s**2 / np.sum(S**2), v
