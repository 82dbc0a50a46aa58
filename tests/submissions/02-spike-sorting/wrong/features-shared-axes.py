# breaks: extract_features
# why: the axes of the first channel for all channels
# feedback: own covariance
# %% extract_features
def extract_features(w):
    w = w - w.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(w[:, :, 0].T))
    axes = vectors[:, [-1, -2, -3]]
    return np.hstack([w[:, :, c] @ axes for c in range(4)])
