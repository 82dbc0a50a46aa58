# breaks: extract_features
# why: shape (n, 4, 3)
# feedback: shape
# %% extract_features
def extract_features(w):
    b = []
    for c in range(4):
        x = w[:, :, c] - w[:, :, c].mean(axis=0)
        b.append(x @ np.linalg.svd(x, full_matrices=False)[2][:3].T)
    return np.stack(b, axis=1)
