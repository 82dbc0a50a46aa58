# breaks: extract_features
# why: svd with full_matrices=True makes an n × n matrix: with a real recording the memory is full
# feedback: memory
# %% extract_features
def extract_features(w):
    b = []
    for c in range(4):
        x = w[:, :, c] - w[:, :, c].mean(axis=0)
        U, S, Vt = np.linalg.svd(x)
        b.append(U[:, :3] * S[:3])
    return np.hstack(b)
