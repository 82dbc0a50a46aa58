# style: Kalman filter from a broad prior, then Rauch, Tung and Striebel
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    T, d = sums.shape
    P, m = np.empty((T, d, d)), np.empty((T, d))
    weights = np.asarray(weights)
    first = int(np.flatnonzero(weights)[0])
    P[first], m[first] = C / weights[first], sums[first] / weights[first]
    for b in range(first + 1, T):
        ahead = P[b - 1] + Q
        gain = weights[b] * ahead @ np.linalg.inv(weights[b] * ahead + C)
        m[b] = m[b - 1]
        if weights[b] > 0:
            m[b] = m[b - 1] + gain @ (sums[b] / weights[b] - m[b - 1])
        P[b] = ahead - gain @ ahead
    for b in range(T - 2, first - 1, -1):
        m[b] = m[b] + P[b] @ np.linalg.inv(P[b] + Q) @ (m[b + 1] - m[b])
    m[:first] = m[first]
    return m
