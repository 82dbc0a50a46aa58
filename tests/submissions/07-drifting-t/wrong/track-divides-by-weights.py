# breaks: smooth_means
# carries: fit_drifting_mot
# why: divides by the weights of empty blocks
# feedback: divide by weights
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    T, d = sums.shape
    P, m = np.empty((T, d, d)), np.empty((T, d))
    P[0], m[0] = C / weights[0], sums[0] / weights[0]
    for b in range(1, T):
        ahead = P[b - 1] + Q
        gain = ahead @ np.linalg.inv(ahead + C / weights[b])
        m[b] = m[b - 1] + gain @ (sums[b] / weights[b] - m[b - 1])
        P[b] = ahead - gain @ ahead
    for b in range(T - 2, -1, -1):
        m[b] = m[b] + P[b] @ np.linalg.inv(P[b] + Q) @ (m[b + 1] - m[b])
    return m
