# breaks: extract_features
# why: eigh sorts ascending: these are the three smallest components
# feedback: eigh sorts ascending
# %% extract_features
def extract_features(w):
    b = []
    for c in range(w.shape[2]):
        x = w[:, :, c] - w[:, :, c].mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(x.T))
        b.append(x @ vectors[:, :3])
    return np.concatenate(b, axis=1)
