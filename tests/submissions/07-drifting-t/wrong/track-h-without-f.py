# breaks: smooth_means
# carries: fit_drifting_mot
# why: sums h without losing any of it
# feedback: h is summed without F
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    """Return the smoothed track (T, d) from weights (T,), sums (T, d), C (d, d) and Q (d, d)."""
    inverse, one = np.linalg.inv(C), np.eye(len(C))
    J = np.asarray(weights)[:, None, None] * inverse
    h = sums @ inverse
    for b in range(1, len(h)):
        F = np.linalg.inv(one + J[b - 1] @ Q)
        J[b] += F @ J[b - 1]
        h[b] += h[b - 1]
    m = np.empty_like(h)
    m[-1] = np.linalg.solve(J[-1], h[-1])
    for b in reversed(range(len(h) - 1)):
        m[b] = np.linalg.solve(one + Q @ J[b], Q @ h[b] + m[b + 1])
    return m
