# breaks: smooth_means
# carries: fit_drifting_mot
# why: all blocks count alike
# feedback: all blocks count alike
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    full = weights > 0
    sums = np.where(full[:, None], sums / np.where(full, weights, 1)[:, None], 0)
    weights = full.astype(float)
    inverse, one = np.linalg.inv(C), np.eye(len(C))
    J = np.asarray(weights)[:, None, None] * inverse
    h = sums @ inverse
    for b in range(1, len(h)):
        F = np.linalg.inv(one + J[b - 1] @ Q)
        J[b] += F @ J[b - 1]
        h[b] += F @ h[b - 1]
    m = np.empty_like(h)
    m[-1] = np.linalg.solve(J[-1], h[-1])
    for b in reversed(range(len(h) - 1)):
        m[b] = np.linalg.solve(one + Q @ J[b], Q @ h[b] + m[b + 1])
    return m
