# breaks: extract_features
# why: singular vectors of waveforms whose mean was not subtracted
# feedback: mean
# %% extract_features
def extract_features(w):
    b = []
    for c in range(4):
        U, S, Vt = np.linalg.svd(w[:, :, c], full_matrices=False)
        b.append(w[:, :, c] @ Vt[:3].T)
    return np.hstack(b)
