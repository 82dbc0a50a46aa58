# style: a banded solver for the track
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    from scipy.sparse import csc_matrix, diags, kron
    from scipy.sparse.linalg import spsolve

    T, d = np.shape(sums)
    A, B = np.linalg.inv(C), np.linalg.inv(Q)
    neighbours = np.full(T, 2.0)
    neighbours[0] -= 1
    neighbours[-1] -= 1
    walk = diags([neighbours, -np.ones(T - 1), -np.ones(T - 1)], [0, 1, -1]) if T > 1 else csc_matrix((1, 1))
    M = kron(diags(weights), A) + kron(walk, B)
    return spsolve(csc_matrix(M), (sums @ A).ravel()).reshape(T, d)
