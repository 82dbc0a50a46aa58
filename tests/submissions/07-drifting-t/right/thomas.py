# style: block elimination from the first block to the last
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    T, d = sums.shape
    A, B = np.linalg.inv(C), np.linalg.inv(Q)
    D = [a * A + (2 - (b == 0) - (b == T - 1)) * B for b, a in enumerate(weights)]
    y = [A @ s for s in sums]
    for b in range(1, T):
        F = B @ np.linalg.inv(D[b - 1])
        D[b] = D[b] - F @ B
        y[b] = y[b] + F @ y[b - 1]
    m = [np.linalg.solve(D[-1], y[-1])]
    for b in range(T - 2, -1, -1):
        m.insert(0, np.linalg.solve(D[b], y[b] + B @ m[0]))
    return m
