# breaks: smooth_means
# carries: fit_drifting_mot
# why: every block by itself
# feedback: off by
# %% smooth_means
def smooth_means(weights, sums, C, Q):
    return sums / np.maximum(weights, 1e-12)[:, None]
