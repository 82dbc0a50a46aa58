# breaks: extract_features
# why: right axes, but the waveforms are projected with their mean
# feedback: Subtract the mean
# %% extract_features
def extract_features(w):
    b = np.zeros((len(w), 12))
    for c in range(4):
        values, vectors = np.linalg.eigh(np.cov(w[:, :, c].T))
        b[:, 3 * c : 3 * c + 3] = w[:, :, c] @ vectors[:, ::-1][:, :3]
    return b
