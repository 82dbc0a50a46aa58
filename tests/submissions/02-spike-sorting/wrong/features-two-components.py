# breaks: extract_features
# why: two components for each channel
# feedback: three principal components
# %% extract_features
def extract_features(w):
    b = []
    for c in range(4):
        x = w[:, :, c] - w[:, :, c].mean(axis=0)
        b.append(x @ np.linalg.svd(x, full_matrices=False)[2][:2].T)
    return np.hstack(b)
