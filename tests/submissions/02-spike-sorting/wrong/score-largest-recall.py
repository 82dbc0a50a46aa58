# breaks: score_sorting
# why: maximises the sum of recalls instead of the overlap in spikes
# feedback: shares
# %% score_sorting
from scipy.optimize import linear_sum_assignment


def score_sorting(true_units, labels):
    units, clusters = np.unique(true_units), np.unique(labels)
    C = np.array([[np.sum((true_units == u) & (labels == c)) for c in clusters] for u in units])
    R = C / C.sum(axis=1, keepdims=True)
    i, j = linear_sum_assignment(R, maximize=True)
    match = np.full(len(units), -1)
    precision, recall = np.zeros((2, len(units)))
    match[i] = clusters[j]
    precision[i] = C[i, j] / C.sum(0)[j]
    recall[i] = R[i, j]
    return precision, recall, match
