# breaks: smooth_means
# carries: fit_drifting_mot
# why: smooths with a window of three blocks
# feedback: off by
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    m = np.empty(sums.shape)
    for b in range(len(m)):
        near = slice(max(b - 1, 0), b + 2)
        m[b] = sums[near].sum(axis=0) / max(weights[near].sum(), 1e-12)
    return m
