# breaks: separate_space_time
# why: takes the size of every entry of u
# feedback: 
# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean(axis=1, keepdims=True)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U[:, 0], S[0], Vt[0]
    u = np.abs(u)
    return u, s, v
