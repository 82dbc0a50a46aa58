# breaks: smooth_means
# carries: fit_drifting_mot
# why: 2 Q⁻¹ on the whole diagonal
# feedback: started at 0
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    T, d = sums.shape
    A, B = np.linalg.inv(C), np.linalg.inv(Q)
    D = [a * A + 2 * B for a in weights]
    y = sums @ A
    for b in range(1, T):
        F = B @ np.linalg.inv(D[b - 1])
        D[b] = D[b] - F @ B
        y[b] = y[b] + F @ y[b - 1]
    m = np.zeros((T, d))
    m[-1] = np.linalg.solve(D[-1], y[-1])
    for b in range(T - 2, -1, -1):
        m[b] = np.linalg.solve(D[b], y[b] + B @ m[b + 1])
    return m
