# breaks: separate_space_time
# why: turns u without v
# feedback: wrong sign
# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean(axis=1, keepdims=True)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 0], S[0], Vt[0]
    if u[np.argmax(np.abs(u))] < 0:
        u = -u
    return u, s, v
