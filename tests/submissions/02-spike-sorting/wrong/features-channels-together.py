# breaks: extract_features
# why: one PCA of all 120 values, twelve components
# feedback: channel
# %% extract_features
def extract_features(w):
    x = w.reshape(len(w), -1)
    x = x - x.mean(axis=0)
    U, S, Vt = np.linalg.svd(x, full_matrices=False)
    return x @ Vt[:12].T
