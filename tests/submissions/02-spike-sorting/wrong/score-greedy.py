# breaks: score_sorting
# why: the largest overlap first, then the next: not the largest total
# feedback: largest overlap first
# %% score_sorting
def score_sorting(true_units, labels):
    units, clusters = np.unique(true_units), np.unique(labels)
    C = np.array([[np.sum((true_units == u) & (labels == c)) for c in clusters] for u in units])
    left = C.astype(float)
    match = np.full(len(units), -1)
    precision, recall = np.zeros(len(units)), np.zeros(len(units))
    for _ in range(min(C.shape)):
        i, j = np.unravel_index(left.argmax(), left.shape)
        match[i] = clusters[j]
        precision[i], recall[i] = C[i, j] / C[:, j].sum(), C[i, j] / C[i].sum()
        left[i], left[:, j] = -1, -1
    return precision, recall, match
