# breaks: extract_features
# why: takes rows of the matrix of eigenvectors, which are its columns
# feedback: eigen
# %% extract_features
def extract_features(w):
    b = []
    for c in range(w.shape[2]):
        x = w[:, :, c] - w[:, :, c].mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(x.T))
        order = np.argsort(values)[::-1]
        axes = vectors[order][:3]
        b.append(x @ axes.T)
    return np.concatenate(b, axis=1)
