# breaks: extract_features
# why: each sample of the waveform is rescaled to unit variance before the projection
# feedback: eigenvalues
# %% extract_features
def extract_features(w):
    b = []
    for c in range(4):
        x = w[:, :, c]
        x = (x - x.mean(axis=0)) / x.std(axis=0)
        U, S, Vt = np.linalg.svd(x, full_matrices=False)
        b.append(x @ Vt[:3].T)
    return np.hstack(b)
