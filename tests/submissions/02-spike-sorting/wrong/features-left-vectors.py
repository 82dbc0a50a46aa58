# breaks: extract_features
# why: left singular vectors without the singular values: all features have the same size
# feedback: All are alike | U·S
# %% extract_features
def extract_features(w):
    b = np.zeros((len(w), 12))
    for c in range(4):
        x = w[:, :, c] - w[:, :, c].mean(axis=0)
        U, S, Vt = np.linalg.svd(x, full_matrices=False)
        b[:, 3 * c : 3 * c + 3] = U[:, :3]
    return b
