# breaks: smooth_means
# why: one dense system for all blocks
# feedback: from block to block
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    T, d = sums.shape
    A, B = np.linalg.inv(C), np.linalg.inv(Q)
    walk = np.diag(np.r_[0, np.ones(T - 1)]) + np.diag(np.r_[np.ones(T - 1), 0])
    walk -= np.eye(T, k=1) + np.eye(T, k=-1)
    M = np.kron(np.diag(weights), A) + np.kron(walk, B)
    return np.linalg.solve(M, (sums @ A).ravel()).reshape(T, d)
