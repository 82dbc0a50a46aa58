# breaks: separate_space_time
# why: all singular vectors and values
# feedback: Return only the first
# %% separate_space_time
def separate_space_time(W):
    M = W - W.mean(axis=1, keepdims=True)
    U, S, Vt = np.linalg.svd(M, full_matrices=False)
    u, s, v = U, S, Vt
    return u, s, v
