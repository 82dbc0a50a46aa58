# breaks: separate_space_time
# why: looks at the largest entry, which is never negative
# feedback: should be positive
# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean(axis=1, keepdims=True)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 0], S[0], Vt[0]
    if u[np.argmax(u)] < 0:
        u, v = -u, -v
    return u, s, v
