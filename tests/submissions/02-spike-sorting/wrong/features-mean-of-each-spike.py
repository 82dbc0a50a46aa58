# breaks: extract_features
# why: subtracts the mean of every spike over time instead of the mean waveform
# feedback: mean waveform
# %% extract_features
def extract_features(w):
    b = []
    for c in range(4):
        x = w[:, :, c] - w[:, :, c].mean(axis=1, keepdims=True)
        U, S, Vt = np.linalg.svd(x, full_matrices=False)
        b.append(x @ Vt[:3].T)
    return np.hstack(b)
